"""The ways out: each sends one letter to one address, and knows a key by which a second sending is the first one."""

import json
import os
import time
from email.utils import parseaddr
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Protocol
from uuid import UUID, uuid4

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

from scheduling import fetching

from . import push, webpush
from .models import Channel, PushDevice
from .words import Letter

SECONDS = 5  # a worker has other work than waiting
LATER = {408, 425, 429}  # answers that mean: not now
GONE = {404, 410}  # the browser does not want to be told any more
KEPT_SECONDS = 60 * 60  # so long a push service tries to reach a phone that is off


class Away(Exception):
    """The way is closed at the moment: try again later."""


class Undeliverable(Exception):
    """This letter will never be taken."""


class Provider(Protocol):
    """Send a letter. The same key twice is one letter, as far as the way allows."""

    def send(self, letter: Letter, *, to: str, key: str) -> None: ...


class Files:
    """Every letter a file, for demo and trying out; a key that is there already is not written again."""

    def send(self, letter: Letter, *, to: str, key: str) -> None:
        folder = Path(settings.NARU_STATE) / "messages"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.glob(f"*{key}.txt")):
            return
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{letter.channel}-{letter.kind}-{key}"
        if letter.calendar:
            _write(folder / f"{name}.ics", letter.calendar)
        _write(folder / f"{name}.txt", f"{letter.channel} -> {to}\n\n{letter.short}\n".encode())


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(f".{uuid4()}")
    draft.write_bytes(content)
    os.replace(draft, path)


class Mail:
    """By Django's mail, with the calendar file; the key is the Message-ID, by which mailboxes see that a letter came twice."""

    def send(self, letter: Letter, *, to: str, key: str) -> None:
        host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        mail = EmailMessage(letter.subject, letter.text, to=[to], headers={"Message-ID": f"<{key}@{host}>"})
        if letter.calendar:
            mail.attach("visit.ics", letter.calendar.decode(), f"text/calendar; method={letter.method}; charset=utf-8")
        try:
            mail.send()
        except SMTPRecipientsRefused as refusal:
            codes = [code for code, _words in refusal.recipients.values()]
            raise (Undeliverable if all(code >= 500 for code in codes) else Away)(str(codes)) from None
        except SMTPResponseException as answer:
            raise Away(str(answer.smtp_code)) from None
        except (SMTPException, OSError) as error:
            raise Away(type(error).__name__) from None


class Http:
    """One JSON POST to a gateway for SMS or KakaoTalk (docs/messages.md)."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def send(self, letter: Letter, *, to: str, key: str) -> None:
        words = {
            "to": to, "channel": letter.channel, "kind": letter.kind, "language": letter.language, "text": letter.short,
        }  # fmt: skip
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            body = json.dumps(words, ensure_ascii=False).encode()
            answer = httpx.post(self.url, content=body, headers=headers, timeout=SECONDS, trust_env=False)
        except httpx.HTTPError as error:
            raise Away(type(error).__name__) from None
        if answer.is_success or answer.status_code == httpx.codes.CONFLICT:  # 409: this key was sent before
            return
        again = answer.is_server_error or answer.status_code in LATER or answer.status_code in {401, 403}
        raise (Away if again else Undeliverable)(f"HTTP {answer.status_code}")


class Push:
    """One POST to the push service of a browser; a service that knows the browser no more ends its subscription."""

    def send(self, letter: Letter, *, to: str, key: str) -> None:
        device = PushDevice.objects.get(endpoint=to)
        words = {"title": letter.subject, "body": letter.text, "url": letter.link, "tag": key}
        body = webpush.encrypt(json.dumps(words, ensure_ascii=False).encode(), **device.keys)
        status = self._post(to, body, topic=UUID(key).hex)
        if status in GONE:
            push.unsubscribe(device.pk)
            raise Undeliverable("the browser is gone")
        if not httpx.codes.is_success(status):
            again = status >= httpx.codes.INTERNAL_SERVER_ERROR or status in LATER or status in {401, 403}
            raise (Away if again else Undeliverable)(f"HTTP {status}")

    def _post(self, endpoint: str, body: bytes, *, topic: str) -> int:
        """The address came from a browser, so it must be a public https server. The topic replaces a twin."""
        who = webpush.authorization(endpoint, key=push.own_key(), contact=settings.PUBLIC_URL, now=int(time.time()))
        headers = {"Content-Encoding": "aes128gcm", "TTL": str(KEPT_SECONDS), "Urgency": "high", "Topic": topic}
        try:
            name, ip = fetching.check(endpoint, private=settings.PUSH_MAY_BE_PRIVATE)
            url = httpx.URL(endpoint)
            headers |= {"Host": url.netloc.decode(), "Authorization": who}
            facts = {"content": body, "headers": headers, "extensions": {"sni_hostname": name}}
            with (
                httpx.Client(timeout=SECONDS, trust_env=False) as client,
                client.stream("POST", url.copy_with(host=ip), **facts) as answer,
            ):
                return answer.status_code  # what else it says is not read: it might have no end
        except (fetching.Forbidden, httpx.InvalidURL):
            raise Undeliverable("not a public address") from None
        except (httpx.HTTPError, OSError) as error:
            raise Away(type(error).__name__) from None


def of(channel: str) -> Provider:
    """The way of a channel; without one of its own, a file."""
    if channel == Channel.PUSH:
        return Push()
    if channel == Channel.EMAIL and settings.MAIL_IS_SET_UP:
        return Mail()
    urls = {Channel.SMS: (settings.SMS_URL, settings.SMS_TOKEN), Channel.KAKAO: (settings.KAKAO_URL, settings.KAKAO_TOKEN)}
    url, token = urls.get(channel, ("", ""))
    return Http(url, token) if url else Files()
