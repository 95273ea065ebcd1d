"""Where a whole picture begins: the one thing about pictures that a forwarder reads (RFC 7741 for VP8, RFC 6184 for H264)."""

_SLICE_OF_WHOLE, _PARAMETERS, _SEVERAL, _PART = 5, 7, 24, 28  # kinds of H264 units


def starts_whole_picture(mime: str, payload: bytes) -> bool:
    """True for the first packet of a picture that needs no other to be shown. Sound always is."""
    if mime == "video/vp8":
        return _vp8(payload)
    return _h264(payload) if mime == "video/h264" else True


def _vp8(payload: bytes) -> bool:
    first = payload[0]
    if first & 0x17 != 0x10:  # not the start of the first part
        return False
    at = 1
    if first & 0x80:
        fields = payload[1] if len(payload) > 1 else 0
        at = 2
        if fields & 0x80:
            at += 2 if len(payload) > at and payload[at] & 0x80 else 1
        at += bool(fields & 0x40) + bool(fields & 0x30)
    return len(payload) > at and not payload[at] & 1


def _h264(payload: bytes) -> bool:
    kind = payload[0] & 31
    if kind == _SEVERAL:
        return len(payload) > 3 and payload[3] & 31 in (_PARAMETERS, _SLICE_OF_WHOLE)
    if kind == _PART:
        return len(payload) > 1 and bool(payload[1] & 0x80) and payload[1] & 31 in (_PARAMETERS, _SLICE_OF_WHOLE)
    return kind in (_PARAMETERS, _SLICE_OF_WHOLE)
