"""What can go wrong with a request: a closed list, each with a status and a sentence. RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

import msgspec

from contract.messages import Text

CONTENT_TYPE = "application/problem+json"
LANGUAGES = ("vi", "en")  # the first is spoken to whoever asks for neither


class Problem(StrEnum):
    """One word for programs; it never changes its meaning."""

    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    SCOPE_MISSING = "scope_missing"
    TOO_OFTEN = "too_often"
    TOO_LARGE = "too_large"
    LENGTH_MISSING = "length_missing"
    UNREADABLE = "unreadable"
    WRONG_FIELD = "wrong_field"
    WRONG_QUERY = "wrong_query"
    IDEM_KEY_MISSING = "idempotency_key_missing"
    IDEM_KEY_REUSED = "idempotency_key_reused"
    NOT_FOUND = "not_found"
    WRONG_METHOD = "wrong_method"
    NO_SUCH_MEMBER = "no_such_member"
    NO_SUCH_STORE = "no_such_store"
    NO_SUCH_VISIT = "no_such_visit"
    PHONE_TAKEN = "phone_taken"
    PHONE_ERASED = "phone_erased"
    MEMBER_ERASED = "member_erased"
    LOG_ENDS_BEFORE = "log_ends_before"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    OUR_FAULT = "our_fault"


STATUS = {
    Problem.KEY_MISSING: HTTPStatus.UNAUTHORIZED,
    Problem.KEY_UNKNOWN: HTTPStatus.UNAUTHORIZED,
    Problem.SCOPE_MISSING: HTTPStatus.FORBIDDEN,
    Problem.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS,
    Problem.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Problem.LENGTH_MISSING: HTTPStatus.LENGTH_REQUIRED,
    Problem.UNREADABLE: HTTPStatus.BAD_REQUEST,
    Problem.WRONG_FIELD: HTTPStatus.UNPROCESSABLE_ENTITY,
    Problem.WRONG_QUERY: HTTPStatus.BAD_REQUEST,
    Problem.IDEM_KEY_MISSING: HTTPStatus.BAD_REQUEST,
    Problem.IDEM_KEY_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Problem.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Problem.WRONG_METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Problem.NO_SUCH_MEMBER: HTTPStatus.NOT_FOUND,
    Problem.NO_SUCH_STORE: HTTPStatus.NOT_FOUND,
    Problem.NO_SUCH_VISIT: HTTPStatus.NOT_FOUND,
    Problem.PHONE_TAKEN: HTTPStatus.CONFLICT,
    Problem.PHONE_ERASED: HTTPStatus.CONFLICT,
    Problem.MEMBER_ERASED: HTTPStatus.GONE,
    Problem.LOG_ENDS_BEFORE: HTTPStatus.CONFLICT,
    Problem.REFUSED: HTTPStatus.CONFLICT,
    Problem.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Problem.OUR_FAULT: HTTPStatus.INTERNAL_SERVER_ERROR,
}

SENTENCES = {
    Problem.KEY_MISSING: Text(
        "Hãy gửi khóa API trong Authorization: Bearer.",
        "Send your API key as Authorization: Bearer.",
    ),
    Problem.KEY_UNKNOWN: Text(
        "Khóa API này không đúng hoặc đã hết hiệu lực; hãy xin chủ cửa hàng khóa mới.",
        "This API key is not right, or has ended; ask the shop's owner for a new one.",
    ),
    Problem.SCOPE_MISSING: Text(
        "Khóa API này không có quyền làm việc này.", "This API key is not allowed to do this."
    ),
    Problem.TOO_OFTEN: Text(
        "Quá nhiều yêu cầu; hãy chờ số giây ghi trong Retry-After.",
        "Too many requests; wait for the seconds that Retry-After says.",
    ),
    Problem.TOO_LARGE: Text(
        "Nội dung quá dài; tối đa 16 KiB.", "The content is too long; 16 KiB are the most."
    ),
    Problem.LENGTH_MISSING: Text(
        "Hãy gửi Content-Length; không nhận nội dung gửi từng phần.",
        "Send a Content-Length; content in chunks is not taken.",
    ),
    Problem.UNREADABLE: Text("Nội dung không phải là JSON.", "The content is not JSON."),
    Problem.WRONG_FIELD: Text(
        "Một trường trong nội dung không đúng; xem field.",
        "A field of the content is not right; see field.",
    ),
    Problem.WRONG_QUERY: Text(
        "Một tham số sau dấu ? không đúng; xem field.",
        "A parameter behind the ? is not right; see field.",
    ),
    Problem.IDEM_KEY_MISSING: Text(
        "Hãy gửi Idempotency-Key: 1 đến 80 ký tự, mới cho mỗi việc.",
        "Send an Idempotency-Key: 1 to 80 characters, new for each deed.",
    ),
    Problem.IDEM_KEY_REUSED: Text(
        "Idempotency-Key này đã dùng cho một yêu cầu khác.",
        "This Idempotency-Key was used for another request.",
    ),
    Problem.NOT_FOUND: Text("Không có mục này.", "There is no such thing."),
    Problem.WRONG_METHOD: Text(
        "Mục này không nhận phương thức này; xem Allow.",
        "This thing does not take this method; see Allow.",
    ),
    Problem.NO_SUCH_MEMBER: Text("Không có thành viên này.", "There is no such member."),
    Problem.NO_SUCH_STORE: Text("Không có cửa hàng này.", "There is no such store."),
    Problem.NO_SUCH_VISIT: Text(
        "Cửa hàng không có loại lịch hẹn này.", "Nobody comes to this shop for that."
    ),
    Problem.PHONE_TAKEN: Text(
        "Số điện thoại này là của một thành viên khác; có thể là cùng một người.",
        "This phone number is another member's; they may be one person.",
    ),
    Problem.PHONE_ERASED: Text(
        "Người có số này đã yêu cầu xoá dữ liệu. Chỉ gửi joins_anew khi chính họ đăng ký lại.",
        "Who has this number asked to be erased. Send joins_anew only if they join again.",
    ),
    Problem.MEMBER_ERASED: Text(
        "Thành viên này đã được xoá theo yêu cầu của chính họ; hãy bỏ số này đi.",
        "This member was erased at their own request; forget this number.",
    ),
    Problem.LOG_ENDS_BEFORE: Text(
        "Nhật ký kết thúc trước số này: cơ sở dữ liệu đã được khôi phục; hãy đọc lại từ đầu.",
        "The log ends before this number: the database was restored; read it from the beginning.",
    ),
    Problem.REFUSED: Text("Không được chấp nhận; xem why.", "It was refused; see why."),
    Problem.UNAVAILABLE: Text(
        "Cơ sở dữ liệu không trả lời; hãy thử lại với cùng Idempotency-Key.",
        "The database does not answer; try again with the same Idempotency-Key.",
    ),
    Problem.OUR_FAULT: Text(
        "Lỗi ở phía chúng tôi; hãy thử lại với cùng Idempotency-Key.",
        "The mistake is ours; try again with the same Idempotency-Key.",
    ),
}


class Said(msgspec.Struct, frozen=True):
    """A sentence in both languages."""

    vi: str
    en: str


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem as it travels: RFC 9457's members, and ours."""

    type: str
    title: str  # in the language that was asked for
    status: int
    reason: str  # Problem
    sentence: Said
    field: str = ""  # what to look at
    why: str = ""  # a finer reason, of the closed list that the endpoint names
    by: str = ""  # who was faster
    at_ms: int = 0  # and when


class RefusedError(Exception):
    """What was asked cannot be: nothing has changed, and the asker is told why."""

    def __init__(
        self, problem: Problem, field: str = "", why: str = "", sentence: Text | None = None
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.field = field
        self.why = why
        self.sentence = sentence or SENTENCES[problem]
        self.by, self.at_ms = "", 0

    def faster(self, by: str, at_ms: int) -> RefusedError:
        """Say who did it before, and when."""
        self.by, self.at_ms = by, at_ms
        return self

    def document(self, language: str) -> Document:
        """What the asker reads."""
        said = Said(self.sentence.vi, self.sentence.en)
        return Document(
            type=f"urn:hien:problem:{self.problem}",
            title=said.en if language == "en" else said.vi,
            status=int(STATUS[self.problem]),
            reason=str(self.problem),
            sentence=said,
            field=self.field,
            why=self.why,
            by=self.by,
            at_ms=self.at_ms,
        )


def preferred(accepted: Mapping[str, float]) -> str:
    """The language to speak, of what somebody accepts and how much."""
    weights = {
        language: max(
            (weight for tag, weight in accepted.items() if tag.split("-")[0] == language),
            default=0.0,
        )
        for language in LANGUAGES
    }
    return max(LANGUAGES, key=lambda language: weights[language])
