// What a browser keeps for its person. One that keeps nothing (a private window, an app's own browser, a full disk) keeps nothing, and all else works.
function store(place, deed) {
  try {
    return deed(window[place]);
  } catch {
    return null;
  }
}

/** Do something with what is kept in this tab. */
export const inTab = (deed) => store("sessionStorage", deed);

/** Do something with what is kept on this device. */
export const onDevice = (deed) => store("localStorage", deed);
