"""VietQR against other people's codes, and everything that is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import vietqr
from contract.errors import ContractError
from contract.vietqr import TO_CARD, VietQr

# EMVCo, QR Code Specification for Payment Systems, Merchant-Presented Mode, annex B
EMVCO = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN"
    "5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340"
    "603***0708A60086670902ME91320016A0112233449988770708123456786304A13A"
)
# NAPAS, Technical Specifications on NAPAS QR Switching, part IV: a transfer to a card
NAPAS_CARD = (
    "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC5303704540618000"
    "05802VN62340107NPS68690819thanh toan don hang6304A203"
)
# made by two other generators, found in public repositories
GIFT = (
    "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005"
    "802VN62170813ung ho lu lut6304C15C"
)
BILL = (
    "00020101021238540010A00000072701240006970436011010234567890208QRIBFTTA530370454071943000580"
    "2VN62120808TT0000696304A8E5"
)


def with_crc(text: str) -> str:
    return text + vietqr.crc(text)


@pytest.mark.parametrize("code", [EMVCO, NAPAS_CARD, GIFT, BILL])
def test_the_crc_is_that_of_others(code: str) -> None:
    assert vietqr.crc(code[:-4]) == code[-4:]


def test_the_check_value_of_the_crc_catalogue() -> None:
    assert vietqr.crc("123456789") == "29B1"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (GIFT, VietQr("970415", "0011001932418", 120_000, "ung ho lu lut")),
        (BILL, VietQr("970436", "1023456789", 1_943_000, "TT000069")),
    ],
)
def test_what_others_made_is_read_and_made_again(code: str, says: VietQr) -> None:
    assert vietqr.read(code) == says
    assert vietqr.read(code[:-4] + code[-4:].lower()) == says
    assert vietqr.write(says) == code


def test_a_card_with_more_than_we_write_is_read() -> None:
    card = VietQr("970403", "9704031101234567", 180_000, "thanh toan don hang", TO_CARD)

    assert vietqr.read(NAPAS_CARD) == card
    assert vietqr.read(vietqr.write(card)) == card


def test_without_an_amount_the_code_is_static() -> None:
    text = vietqr.write(VietQr("970436", "0881000458086"))

    assert text.startswith("000201010211")
    assert vietqr.read(text).amount_vnd is None
    assert len(text) <= 106  # what a QR code of version 5 holds at level L


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "CRC", id="nothing"),
        pytest.param("https://example.org", "CRC", id="a link"),
        pytest.param(GIFT.replace("120000", "920000"), "should be", id="another amount"),
        pytest.param(EMVCO, "none of NAPAS", id="another country"),
        pytest.param(with_crc("00020153037046304"), "none of NAPAS", id="no account"),
        pytest.param(with_crc("000201ab6304"), "no object at character 6", id="no length"),
        pytest.param(with_crc("0002015499" + "6304"), "behind the text", id="too long a length"),
        pytest.param(with_crc(GIFT[:-4].replace("A000000727", "A000000728")), "NAPAS", id="whose"),
        pytest.param(with_crc(GIFT[:-4].replace("QRIBFTTA", "QRCASHXX")), "NAPAS", id="cash"),
        pytest.param(with_crc(GIFT[:-4].replace("06120000", "06-20000")), "amount", id="debt"),
        pytest.param("9" * 600 + "63040000", "CRC", id="endless"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str, problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        vietqr.read(text)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bank_bin": "97041"},
        {"account": ""},
        {"account": "1" * 20},
        {"amount_vnd": 0},
        {"amount_vnd": 10**13},
        {"note": "cà phê"},
        {"note": "x" * 26},
        {"service": "QRPUSH"},
    ],
)
def test_what_no_bank_would_read_is_not_written(wrong: dict[str, object]) -> None:
    with pytest.raises(ContractError):
        vietqr.write(replace(VietQr("970436", "1"), **wrong))  # type: ignore[arg-type]


@given(
    st.builds(
        VietQr,
        st.from_regex(r"[0-9]{6}", fullmatch=True),
        st.from_regex(r"[0-9A-Z]{1,19}", fullmatch=True),
        st.none() | st.integers(1, 10**12),
        st.from_regex(r"[0-9A-Za-z .,:/\-]{0,25}", fullmatch=True),
        st.sampled_from(["QRIBFTTA", "QRIBFTTC"]),
    )
)
def test_what_is_written_is_read_again(wanted: VietQr) -> None:
    assert vietqr.read(vietqr.write(wanted)) == wanted


@given(st.text(max_size=100), st.text("0123456789", max_size=60))
def test_no_text_makes_it_stumble(text: str, digits: str) -> None:
    for candidate in (text, with_crc(f"{digits}6304"), with_crc(f"{text}6304")):
        try:
            vietqr.read(candidate)
        except ContractError:
            continue
        raise AssertionError(candidate)
