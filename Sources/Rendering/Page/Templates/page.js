
'use strict';
// The page is complete without this: it filters, opens what a link leads to, lays sources side by side, copies.
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  document.documentElement.classList.remove('no-js');

  // Links: what they lead to is opened, and shown even where a filter hid it.
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.closest('[hidden]')) { form.reset(); apply(); }
    for (let node = target; node; node = node.parentElement) if (node.tagName === 'DETAILS') node.open = true;
    target.scrollIntoView({ block: 'start' });
    const focus = target.tagName === 'DETAILS' ? one('summary', target) : target;
    if (!focus.matches('summary, [tabindex]')) focus.tabIndex = -1;
    focus.focus({ preventScroll: true });
  };

  // Filters.
  const form = document.getElementById('filters');
  const field = (name) => document.getElementById('f-' + name);
  const size = (pairs) => (pairs ? pairs.split(' ').length : 0);
  const words = (node) => node.textContent.toLowerCase();
  const cases = all('details.case').map((node) => ({
    node, suite: node.dataset.suite, name: words(one('summary .name', node)),
    rows: all('tbody > tr', node).map((row) => ({
      node: row, name: words(one('th', row)),
      groups: all('li', row).map((item) => ({ node: item, data: item.dataset, text: words(item) })),
    })),
  }));
  const entries = all('.entry').map((node) => ({ node, data: node.dataset, text: words(node) }));
  const suites = all('section.suite');
  const total = all('.cells li').reduce((sum, item) => sum + size(item.dataset.p), 0);

  const wanted = () => ({
    text: field('text').value.trim().toLowerCase(), change: field('change').value, verdict: field('verdict').value,
    runtime: field('runtime').value, lane: field('lane').value, suite: field('suite').value,
    attention: field('attention').checked,
  });
  const matching = (pairs, want) => {
    if (!want.runtime && !want.lane) return size(pairs);
    return (pairs ? pairs.split(' ') : []).filter((pair) => {
      const [lane, runtime] = pair.split('.');
      return (!want.lane || lane === want.lane) && (!want.runtime || runtime === want.runtime);
    }).length;
  };
  const apply = () => {
    const want = wanted();
    const active = Object.values(want).some(Boolean);
    let cells = 0, shownEntries = 0;
    for (const one of cases) {
      let inCase = 0;
      const inSuite = !want.suite || one.suite === want.suite;
      for (const row of one.rows) {
        let inRow = 0;
        const named = !want.text || (one.name + '/' + row.name).includes(want.text);
        for (const { node, data, text } of row.groups) {
          const fits = inSuite && (named || text.includes(want.text)) && (!want.change || data.c === want.change)
            && (!want.verdict || data.v === want.verdict) && (!want.attention || 'a' in data);
          const count = fits ? matching(data.p, want) : 0;
          node.hidden = count === 0;
          inRow += count;
        }
        row.node.hidden = inRow === 0;
        inCase += inRow;
      }
      one.node.hidden = inCase === 0;
      cells += inCase;
    }
    for (const suite of suites) suite.hidden = !one('details.case:not([hidden])', suite);
    for (const { node, data, text } of entries) {
      // An entry has no verdict of its own: it is what a verdict's cells come to.
      const fits = (!want.text || text.includes(want.text)) && (!want.change || data.change === want.change)
        && (!want.suite || data.suite === want.suite) && (!want.attention || data.attention === '1')
        && (!(want.runtime || want.lane) || matching(data.cells, want) > 0);
      node.hidden = !fits;
      shownEntries += fits ? 1 : 0;
    }
    for (const pattern of all('.pattern')) pattern.hidden = !one('.entry:not([hidden])', pattern);
    for (const note of all('.filtered')) note.hidden = !active;
    if (active && cells > 0 && cells <= 200) for (const one of cases) if (!one.node.hidden) one.node.open = true;
    document.getElementById('filter-count').textContent = active
      ? `${cells} of ${total} cells, ${shownEntries} of ${entries.length} entries shown` : '';
  };
  let pending;
  const soon = () => { clearTimeout(pending); pending = setTimeout(apply, 120); };
  form.addEventListener('input', soon);
  form.addEventListener('change', soon);
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', (event) => event.preventDefault());
  for (const button of all('button.clear')) button.addEventListener('click', () => { form.reset(); apply(); });
  for (const link of all('a[data-runtime]')) {
    link.addEventListener('click', () => {
      form.reset();
      field('suite').value = link.dataset.suite;
      field('runtime').value = link.dataset.runtime;
      one('details', form).open = true;
      apply();
    });
  }

  const visible = () => all('main details').filter((node) => !node.closest('[hidden]'));
  document.getElementById('expand').addEventListener('click', () => visible().forEach((node) => { node.open = true; }));
  document.getElementById('collapse').addEventListener('click', () => visible().forEach((node) => { node.open = false; }));

  // Sources stand once in the page; an opened entry shows copies of its own beside each other.
  const lay = (place) => {
    for (const id of place.dataset.files.split(' ')) {
      const target = document.getElementById(id);
      const source = target && target.closest('details.source');
      if (!source) continue;
      const figure = document.createElement('figure');
      const caption = document.createElement('figcaption');
      caption.textContent = one('summary', source).textContent;
      const text = one('pre', source).cloneNode(true);
      for (const line of text.children) {
        if (line.id === id) line.className = 'here';
        line.removeAttribute('id');
      }
      figure.append(caption, text);
      place.append(figure);
      const here = one('.here', text);
      if (here) text.scrollTop = here.offsetTop - text.offsetTop - 24;
    }
    place.removeAttribute('data-files');
  };
  for (const closer of all('.closer')) {
    closer.addEventListener('toggle', () => {
      const place = one('.beside[data-files]', closer);
      if (closer.open && place) lay(place);
    });
  }

  // Commands.
  const copy = async (code, button) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand('copy');
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  };
  for (const line of all('.command')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', 'Copy the command');
    button.addEventListener('click', () => copy(one('code', line), button));
    line.append(button);
  }

  // On paper, everything is open.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = all('main details:not([open])');
    for (const node of closed) node.open = true;
  });
  addEventListener('afterprint', () => { for (const node of closed) node.open = false; });

  addEventListener('hashchange', follow);
  for (const link of all('a[href^="#"]')) {
    // A second click on the same link changes no hash, and is meant all the same.
    link.addEventListener('click', () => { if (link.getAttribute('href') === location.hash) setTimeout(follow); });
  }
  follow();
})();
