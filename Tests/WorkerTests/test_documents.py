"""Documents: links between pages work, and the index of findings has every finding."""
import glob
import os
import re
import unittest

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
FINDINGS = os.path.join(TOP, "Suites", "findings")


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def pages():
    """Markdown files of the project, without hidden folders (builds, environments)."""
    for folder, folders, files in os.walk(TOP):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".md"):
                yield os.path.join(folder, name)


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text(page), flags=re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def broken_links(page):
    """Links of a page to files or headings that do not exist."""
    prose = re.sub(r"```.*?```", "", text(page), flags=re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = os.path.join(os.path.dirname(page), path) if path else page
        if not os.path.exists(target) or anchor and target.endswith(".md") and anchor not in anchors(target):
            yield link


def findings():
    """The pages of findings, by name."""
    return {os.path.basename(path): text(path) for path in glob.glob(os.path.join(FINDINGS, "*.md"))
            if os.path.basename(path) != "README.md"}


def index():
    """name -> title, runtimes, lanes, upstream: the rows of the index that link to a page."""
    rows = {}
    for line in text(os.path.join(FINDINGS, "README.md")).splitlines():
        row = re.match(r"\| \[(.*)\]\(([\w-]+\.md)\) \| (.+) \| (.+) \| (.+) \|$", line)
        if row:
            rows[row.group(2)] = (row.group(1),) + row.groups()[2:]
    return rows


class Documents(unittest.TestCase):
    def test_links_lead_somewhere(self):
        broken = ["%s: %s" % (os.path.relpath(page, TOP), link) for page in pages() for link in broken_links(page)]
        self.assertEqual(broken, [])

    def test_the_index_has_every_finding_under_its_title(self):
        titles = {name: content.split("\n", 1)[0][len("# "):] for name, content in findings().items()}
        self.assertEqual({name: row[0] for name, row in index().items()}, titles)

    def test_a_finding_and_the_index_name_the_same_upstream_issues(self):
        for name, content in findings().items():
            upstream = re.search(r"^\*\*Upstream\*\*: (.*?)\.\n\n", content, re.M | re.S)
            self.assertIsNotNone(upstream, "%s has no paragraph **Upstream**" % name)
            issue = r"https://github\.com/[\w/-]+/issues/\d+"
            self.assertEqual(re.findall(issue, index()[name][3]), re.findall(issue, upstream.group(1)), name)
            if "https:" not in upstream.group(1):
                self.assertEqual(index()[name][3], upstream.group(1), name)

    def test_a_finding_says_where_how_and_what(self):
        for name, content in findings().items():
            for paragraph in ("Runtime and lane", "Repro", "Promised", "Observed"):
                self.assertIn("\n**%s**" % paragraph, content, name)

    def test_links_of_ledgers_to_findings_lead_to_one(self):
        suites = os.path.join(TOP, "Suites")
        ledgers = glob.glob(os.path.join(suites, "*.toml")) + glob.glob(os.path.join(suites, "*", "ledger.toml"))
        links = {link for path in ledgers for link in re.findall(r'^link = "findings/([^"]+)"', text(path), re.M)}
        self.assertTrue(links)
        self.assertEqual(sorted(links - set(findings())), [])


if __name__ == "__main__":
    unittest.main()
