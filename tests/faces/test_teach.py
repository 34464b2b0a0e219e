"""The teaching page from the command line, from Python, and from a server on this machine."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner

import remodelsim as rs
from remodelsim.experiments.lessons import try_tasks
from remodelsim.faces.cli import main
from remodelsim.faces.lesson_pages import pages_of
from remodelsim.faces.page.sheet import sheet_html
from remodelsim.faces.page.strings import strings
from remodelsim.faces.page.teach import page_html
from remodelsim.faces.serving import address_of, server_for
from remodelsim.files.lesson_file import lesson_paths, load_lesson
from remodelsim.ground.errors import RemodelsimError

NAMES = list(lesson_paths())
WITHOUT, WITH = 150_000, 300_000


def fetched(address):
    with urllib.request.urlopen(address) as answer:  # noqa: S310  (our own server)
        return answer.read().decode()


def blocks(html):
    """Return the data of a page by the id of their element."""
    found = re.findall(r"<script type='application/json' id='(\w+)'>(.*?)</script>", html, flags=re.DOTALL)
    return {name: json.loads(text) for name, text in found}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_light_and_whole(model, name):
    lesson = load_lesson(name, model)
    full, bare = page_html(model, lesson), page_html(model, lesson, evidence=False)

    assert len(bare.encode()) <= WITHOUT
    assert len(bare.encode()) < len(full.encode()) <= WITH
    assert set(blocks(full)) == {"model", "lesson", "strings", "evidence"}
    assert not re.search(
        r"(?:src|href)=['\"](?!#)|url\((?!#)|@import|https?://(?!www\.w3\.org)", bare.partition("<script")[0]
    )


def test_a_page_for_students_lacks_the_notes_of_the_teacher(model):
    lesson = load_lesson("menopause", model)
    full, bare = blocks(page_html(model, lesson)), blocks(page_html(model, lesson, notes=False))

    assert full["lesson"]["teacher"] == [lesson.teacher.en.strip(), lesson.teacher.zh.strip()]
    assert bare["lesson"] == {**full["lesson"], "teacher": None}


def test_every_string_is_in_two_languages_with_the_same_gaps():
    uneven = {
        key: both
        for key, both in strings().items()
        if set(both) != {"en", "zh"}
        or sorted(re.findall(r"\{\d\}", both["en"])) != sorted(re.findall(r"\{\d\}", both["zh"]))
    }

    assert uneven == {}


def test_every_string_that_the_page_asks_for_is_there():
    from remodelsim.faces.page.teach import PARTS
    from remodelsim.files.assets import asset_text

    code = "\n".join(asset_text("faces/assets/page", f"{part}.js") for part in PARTS)
    skeleton = asset_text("faces/assets/page", "skeleton.html")
    asked = {*re.findall(r"\bsay\(\"([^\"]+)\"[),]", code), *re.findall(r"\{\{([^}]+)\}\}", skeleton)}

    assert len(asked) > 40
    assert asked - set(strings()) == set()


def test_the_command_writes_a_page_a_sheet_and_tells_its_size(tmp_path):
    page, sheet = tmp_path / "page.html", tmp_path / "sheet.html"
    first = CliRunner().invoke(main, ["teach", "menopause", "-o", str(page), "--language", "zh"])
    second = CliRunner().invoke(main, ["teach", "menopause", "--sheet", "-o", str(sheet)])

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert re.search(r"page\.html: 1\d\d kB, 3 tasks; open it in a browser\.", first.output)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html><html lang='zh'>")
    assert "<script" not in sheet.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["menopuase", "-o", "{}/a.html"], "no lesson file 'menopuase'. Did you mean '02_menopause'?"),
        (["menopause", "-o", "{}/a.pdf"], "a.pdf' has no ending that tells what to write. Allowed: .html, .htm."),
        (["menopause", "-o", "{}/nowhere/a.html"], "nowhere'. Make it first, or name another file."),
        (
            ["{}/bad.yaml"],
            "bad.yaml: this is a scenario, not a lesson. Run it: remodelsim run FILE.",
        ),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(tmp_path, words, sentence):
    (tmp_path / "bad.yaml").write_text("arms: {}\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["teach", *(word.format(tmp_path) for word in words)])

    assert done.exit_code == 2
    assert sentence in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml"]


def test_check_does_the_tasks_of_a_lesson_with_the_model(tmp_path):
    from remodelsim.files.tables import read_text

    text = read_text(lesson_paths()["02_menopause"])
    (tmp_path / "good.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(text.replace("answer: up", "answer: same", 1), encoding="utf-8")

    good = CliRunner().invoke(main, ["check", str(tmp_path / "good.yaml")])
    bad = CliRunner().invoke(main, ["check", str(tmp_path / "bad.yaml")])

    assert (good.exit_code, bad.exit_code) == (0, 2)
    assert good.output.endswith("good.yaml: fine, 17 nodes, 3 tasks, all reached by the model\n")
    assert re.search(
        r"bad\.yaml:\d+:5: task 'Give the estrogen back' cannot be reached: at day 1825 BMD_hip is", bad.output
    )


def test_schemas_are_printed_and_lessons_listed():
    schema = CliRunner().invoke(main, ["check", "--lesson-schema"])
    listed = CliRunner().invoke(main, ["list", "lessons"])

    assert json.loads(schema.output)["title"] == "remodelsim lesson"
    assert [name for name in NAMES if name not in listed.output] == []


def test_a_notebook_shows_the_page_in_a_frame_and_saves_it(tmp_path):
    page = rs.teach("germ_free")

    assert page._repr_html_().startswith('<iframe srcdoc="&lt;!doctype html&gt;')
    assert page.save(tmp_path / "page.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(RemodelsimError, match="no lesson file 'germs'"):
        rs.teach("germs")


def test_the_sheet_has_room_for_every_task_and_the_key_on_a_page_of_its_own(model):
    lesson = load_lesson("balance", model)
    html = sheet_html(model, lesson, try_tasks(model, lesson), "en")
    tasks, _, key = html.partition("class='key'")

    assert tasks.count("class='task'") == len(lesson.tasks) == 4
    assert key.count("<tr><td>") == 4
    assert "Bone density, hip at year 10: 1 before, 0." in key
    assert "break-before:page" in html


def test_the_server_answers_on_this_machine_alone_and_with_nothing_but_lessons(model):
    with server_for(pages_of(model, None, "en"), 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            address = address_of(server)
            index, page = fetched(address), fetched(f"{address}02_menopause")
            with pytest.raises(urllib.error.HTTPError) as missing:
                fetched(f"{address}../pyproject.toml")
            missing.value.close()
        finally:
            server.shutdown()
            thread.join()

    assert server.server_address[0] == "127.0.0.1"
    assert [name for name in NAMES if f"href='/{name}'" not in index] == []
    assert page == page_html(model, load_lesson("menopause", model))
    assert missing.value.code == 404


def test_a_port_that_is_taken_is_told(model):
    with server_for(pages_of(model, "balance", "en"), 0) as server, pytest.raises(RemodelsimError) as error:
        server_for({}, server.server_address[1])

    assert str(error.value).startswith(f"cannot listen on port {server.server_address[1]} (Address already in use).")
