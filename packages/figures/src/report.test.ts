import { expect, it } from 'vitest';
import { sampleFigures } from './fixtures/sample-figures.js';
import { figureToSvg } from './node.js';
import { reportHtml } from './report.js';

const html = reportHtml('A run', [
  {
    title: 'Result',
    text: 'perplexity 3 < 17',
    table: [
      ['epoch', 'perplexity'],
      ['1', '9.5'],
    ],
  },
  { title: 'Sample', sample: 'call me <b>ishmael</b>' },
  { title: 'Curves', figures: [figureToSvg(sampleFigures.perplexity)] },
]);

it('holds text, table, sample and figures, in order', () => {
  expect(html).toContain('<td>9.5</td>');
  expect(html.indexOf('Result')).toBeLessThan(html.indexOf('Sample'));
  expect(html).toContain('<svg');
});

it('holds several paragraphs, figures with what they mean, and links', () => {
  const rich = reportHtml('A run', [
    {
      title: 'Curves',
      text: ['One.', 'Two & three.'],
      figures: [{ svg: figureToSvg(sampleFigures.perplexity), caption: 'It falls <fast>.' }],
      links: [{ text: 'the "model"', href: 'moby-dick/card.json?a="b"' }],
    },
  ]);
  expect(rich).toContain('<p>One.</p>\n<p>Two &amp; three.</p>');
  expect(rich).toContain('<figcaption>It falls &lt;fast&gt;.</figcaption>');
  expect(rich).toContain('<a href="moby-dick/card.json?a=&quot;b&quot;">the &quot;model&quot;</a>');
});

it.each(['javascript:alert(1)', 'http://example.org', '//example.org', 'data:text/html,x'])(
  'does not link to %s',
  (href) => {
    const sections = [{ title: 'Curves', links: [{ text: 'x', href }] }];
    expect(() => reportHtml('A run', sections)).toThrow(
      /^sections\[0\].links\[0\].href: expected a relative path/,
    );
  },
);

it('inserts text as text', () => {
  expect(html).toContain('perplexity 3 &lt; 17');
  expect(html).toContain('call me &lt;b&gt;ishmael&lt;/b&gt;');
});

it('loads nothing and runs nothing', () => {
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|<link|src=/);
});

it.each([
  [
    [{ title: 'Result', tabel: [] }],
    "sections[0].tabel: expected the name of an option, got one that is not known (did you mean 'table'?)",
  ],
  [[{ title: 'Result', table: ['epoch'] }], 'sections[0].table[0]: expected a list of items, each a string'],
  [[{ text: 'without a title' }], 'sections[0].title: expected a string, got undefined'],
  [undefined, 'sections: expected a list of items'],
])('refuses %o', (sections, message) => {
  expect(() => reportHtml('A run', sections as never)).toThrow(message);
});
