from bench import adverts
from bench.decode import plain
from kiosk.core.advertisement import decode_raw


def test_the_corpus_is_seven_tenths_noise_and_never_changes() -> None:
    corpus = adverts.corpus(2_000)

    beacons = sum(bool(decode_raw(data)) for data in corpus)
    assert 0.27 < beacons / len(corpus) < 0.33
    assert corpus == adverts.corpus(2_000)
    assert len(set(corpus)) > 0.99 * len(corpus)
    assert max(map(len, corpus)) <= 31


def test_the_peer_finds_what_we_find() -> None:
    """Otherwise the comparison would be with something that does less."""
    names = {
        "ibeacon": "ibeacon",
        "altbeacon": "altbeacon",
        "uid": "eddystone-uid",
        "eid": "eddystone-eid",
        "tlm": "eddystone-tlm",
    }
    for data in adverts.corpus(2_000):
        theirs, ours = plain(data), decode_raw(data)

        assert [names[str(theirs[0])]] == [found.format for found in ours] if theirs else not ours
