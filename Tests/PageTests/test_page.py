"""The page of a report, looked at in headless Chromium: what a reader does in the morning, and what must not happen."""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

import documents

PROJECT = pathlib.Path(__file__).resolve().parents[2]
RENDER = os.environ.get("RENDER_PAGE", PROJECT / ".build/debug/render-page")
ACCESSIBILITY = (pathlib.Path(__file__).parent / "accessibility.js").read_text()


def browser(width=1280, script=True):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--force-prefers-reduced-motion", "--hide-scrollbars", f"--window-size={width},900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if not script:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class PageTest(unittest.TestCase):
    """One browser for all; a page is made once for each document."""

    pages = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.driver = browser()

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()
        cls.folder.cleanup()
        cls.pages.clear()

    def page(self, make):
        """The path of the page of a document."""
        if make.__name__ not in self.pages:
            path = pathlib.Path(self.folder.name, make.__name__ + ".html")
            made = subprocess.run([RENDER], input=json.dumps(make()).encode(), stdout=subprocess.PIPE, check=True)
            path.write_bytes(made.stdout)
            self.pages[make.__name__] = path
        return self.pages[make.__name__]

    def open(self, make, anchor="", width=1280, scheme="light"):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": "", "features": [{"name": "prefers-color-scheme", "value": scheme},
                                      {"name": "prefers-reduced-motion", "value": "reduce"}]})
        self.driver.get("about:blank")
        self.driver.get(self.page(make).as_uri() + anchor)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def run_script(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def visible(self, selector):
        return [one for one in self.all(selector) if one.is_displayed()]

    def wait(self, condition):
        WebDriverWait(self.driver, 10).until(lambda _: condition())


class TheMorning(PageTest):
    def test_a_calm_night_says_so_first(self):
        self.open(documents.calm)
        self.assertIn("nothing is new since run 1a2b3c4d", self.one("h1").text)
        self.assertIn("Explained", self.one("h1").text)
        self.assertEqual(self.all(".entry"), [])

    def test_what_is_new_says_since_when_what_changed_and_what_to_run(self):
        self.open(documents.alarming)
        self.assertIn("2 cells are unexplained; since run", self.one("h1").text)
        entry = self.all("#attention .entry")[1]
        self.assertIn("new divergence", entry.text)
        self.assertIn("universal, universal+debug on cpython-3.11, pypy-7.3.19", entry.text)
        self.assertIn("The last run without it: 1a2b3c4d of 2026-11-25", entry.text)
        self.assertIn("it was not run in 2 runs", entry.text)
        self.assertIn("version 3.11.2 → 3.11.4", entry.text)
        self.assertIn("hpy-conform show counters/first/the_count_is_read_only@universal@cpython-3.11", entry.text)
        self.assertEqual(len(self.all("#otherwise .entry")), 1)

    def test_what_was_said_before_is_no_alarm_again(self):
        self.open(documents.standing)
        self.assertIn("Unexplained", self.one("h1").text)
        self.assertEqual(self.all("#attention .entry, .entry.bad, .matrix .bad, .matrix .alarm"), [])
        entry = self.all("#otherwise .entry")[1]
        self.assertIn("still new", entry.text)
        self.assertIn("“write”: expected raised AttributeError, got returned None", entry.text)
        self.assertNotIn("hpy-conform show", entry.text)
        entry.find_element(By.CSS_SELECTOR, "summary").click()
        self.wait(lambda: "hpy-conform show" in entry.text)
        self.assertIn("Since run 7c0ffee1 of 2026-11-24; it occurred in 3 runs. No run without it is known.", entry.text)
        self.wait(lambda: entry.find_elements(By.CSS_SELECTOR, ".beside figure"))

    def test_of_many_the_first_are_shown_at_length_and_all_can_be_read(self):
        self.open(documents.large)
        self.assertEqual(len(self.all("#attention .entry")), 400)
        self.assertEqual(self.visible("#attention .entry"), [])
        self.one("#attention .facts > summary").click()
        self.wait(lambda: len(self.visible("#attention .command")) == 20)
        self.assertEqual(len(self.visible("#attention .entry")), 400)

    def test_a_pattern_says_what_its_facts_have_in_common_and_they_stand_below_it(self):
        self.open(documents.alarming)
        self.assertEqual([one.get_attribute("id") for one in self.all("#attention .pattern .entry")], ["a0", "a1"])
        crash, exception = self.all("#attention .pattern")
        self.assertIn("only pypy-7.3.19, only universal lanes: crashes with SIGSEGV", crash.text)
        self.assertIn("crash", crash.get_attribute("class"))
        self.assertNotIn("crash", exception.get_attribute("class"))
        self.assertTrue(self.one("#a1").is_displayed())

    def test_of_a_hundred_facts_the_patterns_are_seen_first_and_the_matrix_soon_after(self):
        self.open(documents.hundred)
        self.assertEqual(len(self.visible("#attention .pattern .sentence")), 10)
        self.assertEqual(self.visible("#attention .entry"), [])
        sections = [one.get_attribute("id") for one in self.all("main > section")]
        self.assertEqual(sections[:3], ["attention", "matrix", "otherwise"])
        self.assertLess(self.one("#matrix").rect["y"], 2 * 900)

    def test_a_single_run_has_no_charts(self):
        self.open(documents.single)
        self.assertEqual(self.all("svg"), [])
        self.assertEqual(len(self.all("#runs tbody tr")), 1)
        self.open(documents.calm)
        self.assertEqual(len(self.all("svg")), 4)

    def test_the_command_can_be_copied(self):
        self.open(documents.alarming)
        self.driver.execute_cdp_cmd("Browser.grantPermissions", {
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        button = self.one("#a0 .command button")
        button.click()
        self.wait(lambda: button.text == "Copied")
        copied = self.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
        self.assertEqual(copied, documents.alarming()["entries"][0]["show"])


class DrillDown(PageTest):
    def test_a_click_shows_facts_side_by_side_and_both_sources(self):
        self.open(documents.alarming)
        self.assertFalse(self.one("#a1 table").is_displayed())
        self.one("#a1 .closer summary").click()
        self.wait(lambda: self.all("#a1 .beside figure"))
        self.assertEqual([one.text for one in self.all("#a1 thead th")],
                         ["at", "now", "before", "reference", "promised"])
        self.assertIn("✗ broken", self.one("#a1 tr.bad").text)
        names = [one.text for one in self.all("#a1 .beside figcaption")]
        self.assertEqual(names, documents.FILES)
        self.assertEqual(self.one("#a1 .beside .here").text, documents.SCENARIOS.split("\n")[5])
        tops = [one.location["y"] for one in self.all("#a1 .beside figure")][:2]
        self.assertEqual(tops[0], tops[1], "Python and C do not stand beside each other")

    def test_the_keyboard_is_enough(self):
        self.open(documents.alarming)
        summary = self.one("#a0 .closer summary")
        self.run_script("arguments[0].focus()", self.one("#a0 .command button"))
        self.driver.switch_to.active_element.send_keys(Keys.TAB)
        self.assertEqual(self.driver.switch_to.active_element, summary)
        self.driver.switch_to.active_element.send_keys(Keys.ENTER)
        self.assertTrue(self.one("#a0 table").is_displayed())
        self.assertIn("Segmentation fault", self.one("#a0 pre").text)

    def test_the_first_stop_of_the_keyboard_skips_to_the_report(self):
        self.open(documents.alarming)
        self.one("body").send_keys(Keys.TAB)
        self.assertEqual(self.driver.switch_to.active_element.get_attribute("class"), "skip")
        self.driver.switch_to.active_element.send_keys(Keys.ENTER)
        self.wait(lambda: self.driver.switch_to.active_element.get_attribute("id") == "main")

    def test_a_link_opens_what_it_leads_to(self):
        self.open(documents.alarming)
        self.one("#a1 h3 a").click()
        self.wait(lambda: self.one("#row0").is_displayed())
        self.one("#row0 th a").click()
        line = self.run_script("return document.getElementById(location.hash.slice(1))")
        self.wait(line.is_displayed)
        self.assertEqual(line.text, documents.SCENARIOS.split("\n")[5])

    def test_an_address_with_an_anchor_opens_it(self):
        self.open(documents.alarming, "#finding2")
        self.wait(lambda: self.one("#finding2 dl").is_displayed())

    def test_all_can_be_opened_and_closed(self):
        self.open(documents.alarming)
        self.one("#filters summary").click()
        self.one("#expand").click()
        self.assertEqual(self.all("main details:not([open])"), [])
        self.one("#collapse").click()
        self.assertEqual(self.all("main details[open]"), [])


class Filters(PageTest):
    def choose(self, name, text):
        if not self.one("#filters details").get_attribute("open"):
            self.one("#filters summary").click()
        select = Select(self.one(f"#f-{name}"))
        select.select_by_visible_text(next(one.text for one in select.options if one.text.startswith(text)))

    def expect(self, count):
        self.wait(lambda: self.one("#filter-count").text == count)

    def test_each_narrows_what_is_shown_and_says_to_how_many(self):
        for name, text, count in (
                ("change", "newly crashing", "1 of 30 cells, 1 of 3 entries shown"),
                ("verdict", "new", "5 of 30 cells, 3 of 3 entries shown"),
                ("runtime", "cpython-3.11", "15 of 30 cells, 1 of 3 entries shown"),
                ("lane", "capi-heap", "6 of 30 cells, 0 of 3 entries shown"),
                ("suite", "counters", "30 of 30 cells, 3 of 3 entries shown")):
            with self.subTest(name):
                self.open(documents.alarming)
                self.choose(name, text)
                self.expect(count)

    def test_they_work_together_and_can_be_cleared(self):
        self.open(documents.alarming)
        self.choose("runtime", "pypy-7.3.19")
        self.choose("lane", "universal+debug")
        self.choose("verdict", "new")
        self.expect("1 of 30 cells, 1 of 3 entries shown")
        self.assertEqual(len(self.visible("#cells tbody tr")), 1)
        self.one(".filtered .clear").click()
        self.expect("")
        self.assertEqual(self.all("#cells tr[hidden], .entry[hidden]"), [])

    def test_text_is_searched_in_names_and_answers(self):
        self.open(documents.alarming)
        self.one("#filters summary").click()
        self.one("#f-text").send_keys("SEGMENTATION")
        self.expect("1 of 30 cells, 1 of 3 entries shown")

    def test_what_one_entry_says_for_a_whole_suite_needs_attention_cell_by_cell(self):
        self.open(documents.lost_runtime)
        self.one("#filters summary").click()
        self.one("#f-attention").click()
        self.expect("6 of 30 cells, 1 of 1 entries shown")

    def test_only_what_needs_attention(self):
        self.open(documents.alarming)
        self.one("#filters summary").click()
        self.one("#f-attention").click()
        self.expect("5 of 30 cells, 2 of 3 entries shown")

    def test_a_place_of_the_matrix_shows_its_cells(self):
        self.open(documents.alarming)
        self.all(".matrix td a")[1].click()
        self.expect("15 of 30 cells, 3 of 3 entries shown")

    def test_a_pattern_of_which_no_fact_is_left_goes_too(self):
        self.open(documents.alarming)
        self.choose("change", "newly crashing")
        self.expect("1 of 30 cells, 1 of 3 entries shown")
        self.assertEqual([one.is_displayed() for one in self.all("#attention .pattern")], [True, False])

    def test_a_link_to_what_is_filtered_away_shows_it(self):
        self.open(documents.alarming)
        self.choose("change", "newly crashing")
        self.expect("1 of 30 cells, 1 of 3 entries shown")
        self.run_script("location.hash = 'row2'")
        self.wait(lambda: self.one("#row2").is_displayed())


class BadInput(PageTest):
    def test_it_is_shown_and_never_interpreted(self):
        self.open(documents.hostile)
        self.run_script("for (const one of document.querySelectorAll('details')) one.open = true")
        self.assertIsNone(self.run_script("return window.stolen ?? null"))
        self.assertEqual(self.all("img, script:not(:last-of-type), [onfocus], [onerror], [autofocus]"), [])
        self.assertEqual(len(self.all("h1")), 1)
        self.assertIn(documents.MARKUP, self.one("h1").text)
        notes = self.one(".notes").text
        for text in ("</style></pre></details><h1>", "bell␇ escape␛[31mred nul␀ delete␡",
                     "\ufffd\ufffd not UTF-8"):
            self.assertIn(text, notes)

    def test_no_control_character_and_no_turn_of_direction_is_left(self):
        text = self.page(documents.hostile).read_bytes().decode()
        self.assertEqual(re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), [])

    def test_a_link_of_the_ledger_is_text(self):
        self.open(documents.hostile)
        self.assertEqual(self.all("a:not([href^='#'])"), [])

    def test_the_policy_lets_no_other_script_run(self):
        self.open(documents.calm)
        self.run_script("const s = document.createElement('script'); s.textContent = 'window.stolen = 1';"
                        "document.body.append(s)")
        self.assertIsNone(self.run_script("return window.stolen ?? null"))


class EveryPage(PageTest):
    KINDS = (documents.calm, documents.standing, documents.alarming, documents.hundred, documents.bare, documents.empty,
             documents.single, documents.hostile, documents.large)

    def test_every_link_has_a_target_and_every_anchor_is_one(self):
        for make in self.KINDS:
            with self.subTest(make.__name__):
                self.open(make)
                self.assertEqual(self.run_script(
                    "return [...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))"
                    ".filter(href => !document.getElementById(href.slice(1)))"), [])
                self.assertEqual(self.run_script(
                    "const seen = new Set(); return [...document.querySelectorAll('[id]')].map(one => one.id)"
                    ".filter(id => seen.has(id) || !seen.add(id))"), [])

    def test_nothing_is_fetched_and_nothing_is_complained_of(self):
        for make in self.KINDS:
            with self.subTest(make.__name__):
                self.driver.get_log("performance")
                self.driver.get_log("browser")
                self.open(make)
                sent = [json.loads(one["message"])["message"] for one in self.driver.get_log("performance")]
                asked = {one["params"]["request"]["url"] for one in sent
                         if one["method"] == "Network.requestWillBeSent"}
                self.assertEqual(asked - {self.page(make).as_uri(), "about:blank"}, set())
                self.assertEqual(self.driver.get_log("browser"), [])

    def test_no_page_scrolls_sideways(self):
        for make in self.KINDS:
            with self.subTest(make.__name__):
                for width in (1280, 360):
                    self.open(make, width=width)
                    for opened in (False, make is not documents.large):
                        if opened:
                            self.run_script("for (const one of document.querySelectorAll('details')) one.open = true")
                        wide = self.run_script("return document.documentElement.scrollWidth")
                        self.assertLessEqual(wide, width, f"{make.__name__} at {width}")

    def test_whoever_cannot_see_it_can_read_it(self):
        for make in self.KINDS:
            with self.subTest(make.__name__):
                for scheme in ("light", "dark"):
                    self.open(make, scheme=scheme)
                    if make is not documents.large:
                        self.run_script("for (const one of document.querySelectorAll('details')) one.open = true")
                    self.assertEqual(self.run_script(ACCESSIBILITY), [], f"{make.__name__}, {scheme}")

    def test_a_dark_scheme_is_dark(self):
        background = "return getComputedStyle(document.body).backgroundColor"
        self.open(documents.calm, scheme="dark")
        dark = self.run_script(background)
        self.open(documents.calm)
        self.assertEqual((dark, self.run_script(background)), ("rgb(22, 22, 20)", "rgb(252, 252, 250)"))

    def test_ten_thousand_cells_fit_into_a_few_megabytes(self):
        self.assertLess(len(self.page(documents.large).read_bytes()), 4_000_000)
        self.open(documents.large)
        self.assertEqual(len(self.all(".matrix tbody td")), 12 * 8)


class Paper(PageTest):
    def text(self):
        printed = base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])
        path = pathlib.Path(self.folder.name, "page.pdf")
        path.write_bytes(printed)
        return subprocess.run(["pdftotext", "-layout", path, "-"], stdout=subprocess.PIPE, check=True).stdout.decode()

    @unittest.skipUnless(shutil.which("pdftotext"), "needs pdftotext (Debian: poppler-utils)")
    def test_what_is_closed_on_the_screen_is_printed_and_controls_are_not(self):
        self.open(documents.alarming)
        text = self.text()
        for part in ("Segmentation fault", "most recent call first", "HPyDef_MEMBER(Counter_count", "✗ broken"):
            self.assertIn(part, text)
        for part in ("Expand all", "only what needs attention", "Copy"):
            self.assertNotIn(part, text)
        self.assertEqual(self.all("main details[open]"), [])


class WithoutScript(PageTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.driver = browser(script=False)

    def test_all_is_readable(self):
        self.driver.get(self.page(documents.alarming).as_uri())
        self.assertEqual(self.one("html").get_attribute("class"), "no-js")
        self.assertFalse(self.one("#filters").is_displayed())
        self.one("#a0 .closer summary").click()
        self.assertIn("most recent call first", self.one("#a0 pre").text)
        self.one("#cells details.case summary").click()
        self.assertIn("newly crashing", self.one("#row1").text)


if __name__ == "__main__":
    unittest.main()
