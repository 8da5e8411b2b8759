import hashlib
from pathlib import Path

import pytest

SEEDS = Path(__file__).parent.parent / "seeds"

FILES = {
    "000_76f1e17f13bba951.txt": (
        3374,
        "42f1104f70b2cd968b31115046a401065ac7a2686ec865a2bcfb4e4121972f57",
    ),
    "001_1bb135a6ea5fcf72.txt": (
        3613,
        "b568f36298975a3efbb042b13fca3006fb37bdbb0a2a58d634d6ae5d33e2dcef",
    ),
    "002_c85b777be68d70fb.txt": (
        4563,
        "cf5143224e61b7f51b72902b5189b0b7f3b91f19320f1dabbb208236c47aded5",
    ),
    "003_1797432d70e2703f.txt": (
        2313,
        "21a61743ce343e29c4853faf0ed9f91f7ace4508fbbff41d75dbf5d09d82b8f7",
    ),
    "004_fc018e94312481a9.txt": (
        4058,
        "e545a11d6de9c63a98f88862ab3bff6d0f7cece8c53bc28b0209bb147549fa37",
    ),
}


def test_the_seeds_are_these_five_files():
    assert sorted(path.name for path in SEEDS.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_seed_has_not_one_byte_changed(name):
    data = (SEEDS / name).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == FILES[name]
