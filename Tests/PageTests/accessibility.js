// What is wrong with the page for somebody who can't see it, or not well: WCAG 2.1 AA, as far as a script can tell.
const problems = [];
const all = (selector) => [...document.querySelectorAll(selector)];
const shown = (node) => node.checkVisibility({ contentVisibilityAuto: false }) && !node.closest('.hidden, .skip');
const what = (node) => `${node.tagName.toLowerCase()}${node.id ? '#' + node.id : ''}.${node.className}: `
  + node.textContent.trim().slice(0, 40);

if (!document.documentElement.lang) problems.push('no language');
if (!document.title) problems.push('no title');
if (all('main').length !== 1 || all('h1').length !== 1) problems.push('not one main and one h1');

let level = 0;
for (const heading of all('h1, h2, h3, h4, h5, h6').filter((node) => node.checkVisibility())) {
  const next = Number(heading.tagName[1]);
  if (next > level + 1) problems.push(`heading skips a level: ${what(heading)}`);
  level = next;
}

const name = (node) => (node.getAttribute('aria-label')
  || (node.getAttribute('aria-labelledby') || '').split(' ').map((id) => document.getElementById(id)?.textContent).join('')
  || node.closest('label')?.textContent || node.textContent).trim();
for (const node of all('a[href], button, input, select, summary, nav, section, form, [role]:not([role=status])')) {
  if (!name(node)) problems.push(`no name: ${what(node)}`);
}
for (const node of all('table')) {
  if (!node.caption) problems.push(`no caption: ${what(node)}`);
  for (const cell of node.querySelectorAll('th')) if (!cell.scope) problems.push(`no scope: ${what(cell)}`);
}
for (const node of all('[tabindex]')) if (node.tabIndex > 0) problems.push(`order of tabs: ${what(node)}`);
for (const node of all('.scroll')) {
  if (shown(node) && node.scrollWidth > node.clientWidth && node.tabIndex < 0) problems.push(`no focus: ${what(node)}`);
}

const parse = (text) => {
  const numbers = text.match(/[\d.]+/g).map(Number);
  return { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
};
const luminance = (rgb) => rgb.map((value) => value / 255)
  .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
const ground = (node) => {
  for (let outer = node; outer; outer = outer.parentElement) {
    const colour = parse(getComputedStyle(outer).backgroundColor);
    if (colour.alpha > 0) return colour.rgb;
  }
  return [255, 255, 255];
};
const seen = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let count = 0; walker.nextNode() && count < 20000; count += 1) {
  const node = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || /^(SCRIPT|STYLE|TITLE|OPTION)$/i.test(node.tagName) || !shown(node)) continue;
  const style = getComputedStyle(node);
  const colour = parse(node.closest('svg') ? style.fill : style.color).rgb;
  const behind = ground(node);
  const key = colour + '/' + behind;
  if (seen.has(key)) continue;
  seen.add(key);
  const [light, dark] = [luminance(colour), luminance(behind)].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < 4.5) problems.push(`contrast ${ratio.toFixed(2)}: ${what(node)}`);
}
return problems;
