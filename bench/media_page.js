// One person of the media bench: sends, gets, and counts what is really shown and heard.
const lines = {};
const connection = () => new RTCPeerConnection({ bundlePolicy: "max-bundle" });

window.publish = async (picture, bitrate) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: picture && { width: 640, height: 480, frameRate: 30 } });
  const line = (lines.sending = connection());
  for (const track of stream.getTracks()) {
    const sendEncodings = [track.kind === "video" ? { maxBitrate: bitrate } : {}];
    const transceiver = line.addTransceiver(track, { direction: "sendonly", streams: [stream], sendEncodings });
    if (track.kind !== "video") continue;
    const { codecs } = RTCRtpSender.getCapabilities("video");
    transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => ["video/VP8", "video/rtx"].includes(mimeType)));
  }
  await line.setLocalDescription();
  return line.localDescription.sdp;
};

window.answered = (sdp) => lines.sending.setRemoteDescription({ type: "answer", sdp });

window.rest = (unseen) => {
  for (const sender of lines.sending?.getSenders() || []) {
    if (sender.track?.kind !== "video") continue;
    const how = sender.getParameters();
    how.encodings[0].active = !unseen;
    sender.setParameters(how);
  }
};

window.isStable = () => lines.sending?.signalingState === "stable";

window.hangUp = () => {
  for (const name of Object.keys(lines)) {
    lines[name].close();
    delete lines[name];
  }
};

window.sees = async () => {
  while (!(await look()).video?.frames) await new Promise((done) => setTimeout(done, 20));
};

window.restart = async () => {
  lines.sending.restartIce();
  await lines.sending.setLocalDescription();
  return lines.sending.localDescription.sdp;
};

window.accept = async (sdp, fresh) => {
  if (fresh || !lines.getting) {
    lines.getting?.close();
    lines.getting = connection();
    lines.getting.ontrack = ({ track }) => {
      const element = document.createElement(track.kind);
      Object.assign(element, { autoplay: true, playsInline: true, srcObject: new MediaStream([track]) });
      document.body.append(element);
    };
  }
  await lines.getting.setRemoteDescription({ type: "offer", sdp });
  await lines.getting.setLocalDescription();
  return lines.getting.localDescription.sdp;
};

window.look = async () => {
  const found = { at: performance.now() / 1000, states: Object.values(lines).map((line) => line.connectionState) };
  for (const report of (await lines.getting?.getStats())?.values() || []) {
    if (report.type !== "inbound-rtp") continue;
    const to = (found[report.kind] ??= { frames: 0, frozen: 0, freezes: 0, concealed: 0, samples: 0, silent: 0, bytes: 0, packets: 0, lost: 0, keys: 0, nacks: 0, plis: 0, fec: 0 });
    to.frames += report.framesDecoded || 0;
    to.frozen += report.totalFreezesDuration || 0;
    to.freezes += report.freezeCount || 0;
    to.concealed += report.concealedSamples || 0;
    to.silent += report.silentConcealedSamples || 0;
    to.samples += report.totalSamplesReceived || 0;
    to.bytes += report.bytesReceived || 0;
    to.packets += report.packetsReceived || 0;
    to.lost += report.packetsLost || 0;
    to.keys += report.keyFramesDecoded || 0;
    to.nacks += report.nackCount || 0;
    to.plis += report.pliCount || 0;
    to.fec += report.fecPacketsReceived || 0;
  }
  for (const report of (await lines.sending?.getStats())?.values() || []) {
    if (report.type === "outbound-rtp" && report.kind === "video") found.sent = { bytes: report.bytesSent, width: report.frameWidth, fps: report.framesPerSecond, limit: report.qualityLimitationReason };
    if (report.type === "candidate-pair" && report.nominated) found.pair = { available: report.availableOutgoingBitrate, rtt: report.currentRoundTripTime };
  }
  return found;
};
