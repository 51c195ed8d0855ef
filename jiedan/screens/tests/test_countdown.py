"""The countdown in the browser says the company's time, wherever the reader sits."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

COUNTDOWN = Path(__file__).resolve().parents[2] / "ui/frontend/src/countdown.js"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js isn't on the PATH")
@pytest.mark.parametrize("reader", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_the_next_working_window_is_told_in_the_companys_time(reader: str) -> None:
    script = f"""
    import {{ reading }} from {json.dumps(COUNTDOWN.as_uri())};
    const at = (text) => Date.parse(text);
    const clock = {{
      due: at("2026-11-24T03:00:00Z"), warn: null, windows: [[at("2026-11-24T01:00:00Z"), at("2026-11-24T04:00:00Z")]],
    }};
    const words = {{ left: "{{t}}", opens: "{{w}}", hours: "{{h}}h", minutes: "{{m}}m", both: "", zone: "Asia/Shanghai" }};
    console.log(JSON.stringify(reading(clock, at("2026-11-23T12:40:00Z"), words)));
    """
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "TZ": reader})
    assert json.loads(done.stdout) == {"state": "running", "text": "2h · 11-24 09:00"}
