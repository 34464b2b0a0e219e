"""The teaching page in a browser: quick, reachable by everyone, and every lesson can be done in it."""

from __future__ import annotations

import json
import re
import statistics
from dataclasses import replace

import pytest

import remodelsim as rs
from remodelsim.faces.page.sheet import sheet_html
from remodelsim.faces.page.teach import page_html
from remodelsim.files.lesson_file import lesson_paths, load_lesson
from remodelsim.nouns.lesson_parts import Text

from .browser import MISSING, axe_path, chromium, opened

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING or "there")

NAMES = list(lesson_paths())
FULL = "05_quercetin"
REDRAWS = "Number(document.documentElement.dataset.redraws)"
LATENCY = """async (id) => {
  const slider = document.getElementById(id), taken = [];
  for (let k = 0; k < 40; k += 1) {
    const before = Number(document.documentElement.dataset.redraws);
    const began = performance.now();
    slider.value = (Number(slider.value) + 1) % (Number(slider.max) + 1);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => {
      const drawn = () => Number(document.documentElement.dataset.redraws) > before;
      const wait = () => drawn() ? done() : requestAnimationFrame(wait);
      wait();
    });
    taken.push(performance.now() - began);
  }
  return taken;
}"""
# texts that stick out of their element, or lie on each other within the drawing
STICKING_OUT = """() => [...document.querySelectorAll("button, label span, h1, h2, legend, summary, p, li, output")]
  .filter((e) => e.offsetParent && !e.closest(".sr") && getComputedStyle(e).display !== "inline")
  .filter((e) => e.scrollWidth > e.clientWidth + 1)
  .map((e) => e.tagName + " " + e.textContent.slice(0, 40))"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll("#network .plate")].map((e) => e.getBoundingClientRect());
  const out = [];
  boxes.forEach((a, i) => boxes.slice(0, i).forEach((b, k) => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) out.push([i, k]);
  }));
  return out;
}"""
FUZZ = """(seed) => {
  const random = () => { seed = (seed * 1664525 + 1013904223) % 4294967296; return seed / 4294967296; };
  const pick = (list) => list[Math.floor(random() * list.length)];
  const things = [...document.querySelectorAll("input, button:not(#print):not(#share), summary, .node, .arrow")]
    .filter((e) => !e.closest("[hidden]"));
  for (let k = 0; k < 10; k += 1) {
    const thing = pick(things);
    if (thing.type === "range") {
      thing.value = Math.floor(Number(thing.min) + random() * (Number(thing.max) - Number(thing.min) + 1));
      thing.dispatchEvent(new Event("input", { bubbles: true }));
    } else thing.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    const panel = document.getElementById("panel");
    if (panel.open && random() < 0.8) panel.close();
  }
  return seed;
}"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def pages(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    out = {}
    for name in NAMES:
        out[name] = folder / f"{name}.html"
        out[name].write_text(page_html(model, load_lesson(name, model)), encoding="utf-8")
    return out


def test_the_first_picture_is_there_in_time_without_any_request(browser, pages):
    times = []
    for _ in range(3):
        with opened(browser, pages[FULL], bypass_csp=False) as page:
            times.append(page.evaluate("performance.getEntriesByName('first-picture')[0].startTime"))
            assert [url for url in page.asked if not url.startswith("file://")] == []
            assert len(page.asked) == 1
            assert page.troubles == []

    assert min(times) < 700


def test_a_slider_redraws_the_whole_model_in_35_milliseconds(browser, pages):
    medians = []
    with opened(browser, pages[FULL]) as page:
        # a loaded machine may need a second and a third try
        while len(medians) < 3 and min(medians, default=99.0) > 35:
            medians.append(statistics.median(page.evaluate(LATENCY, "control-quercetin")))

    assert min(medians) <= 35


@pytest.mark.parametrize("name", NAMES)
def test_every_task_of_a_lesson_ticks_itself_off(browser, pages, name):
    with opened(browser, pages[name]) as page:
        tasks = json.loads(page.locator("#lesson").text_content())["tasks"]
        for i, task in enumerate(tasks):
            box = page.locator(f"#task-{i}")
            if box.get_attribute("open") is None:
                box.locator("summary").click()
            assert page.locator(f"#explain-{i}").is_hidden()
            page.locator(f"#predict-{i}-{task['answer']}").check()
            page.locator(f"#show-{i}").click()
            page.locator(f"#explain-{i}").wait_for(state="visible")
            assert page.locator(f"#outcome-{i}").text_content().startswith("✓")
            right = next(k for k, answer in enumerate(task["answers"]) if answer["right"])
            page.locator(f"#answer-{i}-{1 - right if right < 2 else 0}").check()
            assert "done" not in box.get_attribute("class").split()
            page.locator(f"#answer-{i}-{right}").check()
            assert "done" in box.get_attribute("class").split()
        assert page.locator("#progress").text_content() == f"{len(tasks)} of {len(tasks)} done"
        assert page.troubles == []


def test_a_wrong_prediction_is_told_and_still_counts_as_tried(browser, pages):
    with opened(browser, pages["02_menopause"]) as page:
        page.locator("#predict-0-up").check()
        page.locator("#control-menopause").check()
        page.locator("#explain-0").wait_for(state="visible")

        assert page.locator("#outcome-0").text_content() == (
            "You said “up”; the model shows “down”. What did you not expect?"
        )


@pytest.mark.parametrize(
    ("name", "scheme", "language"),
    [
        (FULL, "light", "en"),
        ("07_drugs", "dark", "zh"),
        *(pytest.param(name, "dark", "en", marks=pytest.mark.slow) for name in NAMES),
        *(pytest.param(name, "light", "zh", marks=pytest.mark.slow) for name in NAMES),
    ],
)
def test_axe_finds_nothing(browser, pages, name, scheme, language):
    if axe_path() is None:
        pytest.skip("axe-core is not there; REMODELSIM_AXE names its file")
    with opened(
        browser, pages[name], link=f"language={language}", color_scheme=scheme, reduced_motion="reduce"
    ) as page:
        page.evaluate(axe_path().read_text(encoding="utf-8"))
        found = []
        for prepare in (
            "",
            "document.querySelector('footer summary').click()",
            "document.querySelector('.node').dispatchEvent(new MouseEvent('click'))",
        ):
            page.evaluate(prepare or "0")
            run = "axe.run({resultTypes: ['violations']}).then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))"
            found += page.evaluate(run)

    assert found == []


def test_everything_can_be_done_by_keyboard(browser, pages):
    with opened(browser, pages["02_menopause"]) as page:
        reached = []
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.id || document.activeElement.getAttribute('data-node')")
            )
            if reached[-1] == "control-menopause":
                page.keyboard.press("Space")
            if reached[-1] == "control-estradiol":
                page.keyboard.press("ArrowRight")
            if reached[-1] == "day":
                page.keyboard.press("Home")
            if reached[-1] == "Estrogen":
                page.keyboard.press("ArrowRight")
                page.keyboard.press("Enter")
                break
        title = page.locator("#panel-title").text_content()
        page.keyboard.press("Escape")
        page.wait_for_function("location.hash.includes('day=0')")

        assert {"language-en", "reset", "control-menopause", "control-estradiol", "day", "play"} <= set(reached)
        assert title == "Estrogen signaling"
        assert page.locator("#panel").get_attribute("open") is None
        assert re.search(r"menopause=on&estradiol=0.25", page.url)


def test_a_shared_link_brings_everything_back(browser, pages):
    link = "menopause=on&estradiol=1&before.menopause=on&day=1825&language=zh"
    with opened(browser, pages["02_menopause"], link=link) as page:
        assert page.locator("#control-menopause").is_checked()
        assert page.locator("#control-estradiol-value").text_content() == "1 mg"
        assert page.locator("#day-text").text_content() == "第 5 年"
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        assert page.locator("#headline-before").text_content() != "此前：0.0 %"
        page.wait_for_timeout(500)
        assert sorted(page.url.partition("#")[2].split("&")) == sorted(link.split("&"))


def test_a_broken_link_is_passed_over(browser, pages):
    with opened(
        browser, pages["02_menopause"], link="menopause=%zz&estradiol=77&day=abc&language=xx&=&constructor=1"
    ) as page:
        assert not page.locator("#control-menopause").is_checked()
        assert page.locator("#day-text").text_content() == "year 20"
        assert page.troubles == []


def test_the_state_is_told_to_those_who_do_not_see_it(browser, pages):
    with opened(browser, pages["02_menopause"]) as page:
        page.locator("#control-menopause").check()
        page.wait_for_function("!/100.0 percent|^$/.test(document.getElementById('summary').textContent)")
        told = page.locator("#summary").text_content()
        balance = page.locator("#balance").get_attribute("aria-label")
        node = page.locator("[data-node=RANKL]").get_attribute("aria-label")

    assert re.fullmatch(
        r"year 20: Bone density, hip [89]\d\.\d percent of health; before 100\.0\. "
        r"Building \d\.\d\d times, breaking \d\.\d\d times health\.",
        told,
    )
    assert balance.startswith("Balance: building ")
    assert re.fullmatch(r"RANKL: \d+ percent active, more than before", node)


def test_why_names_the_change_and_what_it_runs_through(browser, pages):
    with opened(browser, pages["02_menopause"]) as page:
        page.locator("#control-menopause").check()
        page.locator("#why ol").nth(1).wait_for(state="visible")
        change, through = (page.locator("#why ol").nth(i).inner_text() for i in range(2))
        headline = page.locator("#headline").text_content()

    assert change.startswith("Menopause at year 0: on")
    assert headline in change
    assert "Alarm: estrogen lost" in through


def test_why_tells_the_single_actions_of_a_compound(browser, pages):
    with opened(browser, pages["05_quercetin"], link="quercetin=10") as page:
        page.locator("#why ol").nth(2).wait_for(state="visible")
        actions = page.locator("#why ol").nth(1).inner_text()

    assert "Quercetin → Wnt signal (lowers)" in actions.splitlines()[0]


def test_an_arrow_leads_to_its_claims(browser, pages):
    with opened(browser, pages["02_menopause"]) as page:
        page.locator(".arrow[aria-label='RANKL → RANKL that binds (raises)']").focus()
        page.keyboard.press("Enter")

        assert page.locator("#panel-title").text_content() == "RANKL → RANKL that binds (raises)"
        assert re.match(r"[A-Z0-9]{3}-\d{3}", page.locator("#panel .claims b").first.text_content())
        assert page.locator("#panel cite").first.text_content()


# the fullest pictures are looked at each time, all of them when there is time
QUICK = {"04_germ_free", "05_quercetin"}


@pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in NAMES])
def test_nothing_sticks_out_or_lies_on_another(browser, pages, name):
    with opened(browser, pages[name], reduced_motion="reduce") as page:
        page.locator("#more summary").click()
        for width in (1440, 1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            for language in ("en", "zh"):
                page.locator(f"#language-{language}").click()

                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert page.evaluate(STICKING_OUT) == []
                assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("kind", ["long", "right to left", "markup"])
def test_strange_texts_are_shown_as_texts(browser, model, tmp_path, kind):
    word = {
        "long": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 2,
        "right to left": "عظم ينمو ويتكسر طوال العمر",
        "markup": "</script><img src=x onerror='document.title=1'>&amp;<b>",
    }[kind]
    lesson = load_lesson("menopause", model)
    text = Text(word, word)
    control = replace(lesson.controls[0], label=text, note=text)
    task = replace(lesson.tasks[0], title=text, predict=text, attempt=text, explain=text)
    labels = dict.fromkeys(lesson.nodes[:6], text)
    strange = replace(
        lesson,
        title=text,
        question=text,
        teacher=text,
        controls=(control, *lesson.controls[1:]),
        tasks=(task, *lesson.tasks[1:]),
        labels=labels,
    )
    path = tmp_path / "strange.html"
    path.write_text(page_html(model, strange), encoding="utf-8")
    with opened(browser, path, size=(390, 844)) as page:
        if kind == "right to left":
            page.evaluate("document.documentElement.dir = 'rtl'")
        page.locator("#control-menopause").check()

        assert page.locator("#title").text_content() == word.strip()
        assert page.title().strip() == word.strip()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate(STICKING_OUT) == []
        assert page.locator("img").count() == 0
        assert page.troubles == []


def test_five_hundred_random_inputs_make_no_error(browser, pages):
    seed = 7
    for name in ("02_menopause", "03_pth", "04_germ_free", "05_quercetin", "06_vitamin_k2"):
        with opened(browser, pages[name], reduced_motion="reduce") as page:
            for _ in range(10):
                seed = page.evaluate(FUZZ, seed)
                page.wait_for_timeout(20)
            before = page.evaluate(REDRAWS)
            page.evaluate("document.getElementById('panel').close(); document.getElementById('reset').click()")
            page.wait_for_function(f"{REDRAWS} > {before}")

            assert page.troubles == []
            assert page.locator("#headline").text_content() == "0.0 %"


def test_a_page_in_the_frame_of_a_notebook_works_too(browser, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><p>cell</p>{rs.teach('menopause')._repr_html_()}", encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("#control-menopause").check()
    frame.locator("#why ol").first.wait_for(state="visible")
    context.close()

    assert troubles == []


def test_time_runs_and_stops(browser, pages):
    with opened(browser, pages["02_menopause"], link="menopause=on") as page:
        page.locator("#play").click()
        page.wait_for_function("Number(document.getElementById('day').value) > 30")
        page.locator("#play").click()
        stopped = page.locator("#day").input_value()
        page.wait_for_timeout(200)

        assert 30 < int(stopped) < 1000
        assert page.locator("#day").input_value() == stopped


def test_motion_stops_for_those_who_ask_for_it(browser, pages):
    moving = "getComputedStyle(document.querySelector('.live .flow')).animationName"
    with opened(browser, pages["02_menopause"], link="menopause=on") as page:
        assert page.evaluate(moving) == "flow"
    with opened(browser, pages["02_menopause"], link="menopause=on", reduced_motion="reduce") as page:
        assert page.evaluate(moving) == "none"


def test_the_page_prints_without_its_buttons(browser, pages):
    with opened(browser, pages["02_menopause"]) as page:
        page.emulate_media(media="print")

        assert page.locator("#network").is_visible()
        assert page.locator("#play").is_hidden()
        assert page.locator("#explain-0").is_visible()


def test_the_sheet_prints_as_two_pages_or_more(browser, model, tmp_path):
    from remodelsim.experiments.lessons import try_tasks

    lesson = load_lesson("menopause", model)
    path = tmp_path / "sheet.html"
    path.write_text(sheet_html(model, lesson, try_tasks(model, lesson)), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    printed = page.pdf(format="A4")
    context.close()

    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page>") + printed.count(b"/Type /Page ") >= 2
