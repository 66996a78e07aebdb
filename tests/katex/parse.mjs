// Says of every fragment of display mathematics what KaTeX and MathJax think of it, both strict.
// In: a line of JSON each, {"name", "latex"}. Out: a line each, {"name", "katex", "mathjax"}, an
// error or null. The argument is KaTeX's maxExpand.
import { createInterface } from "node:readline";
import katex from "katex";
import mathjax from "mathjax";

const options = { displayMode: true, throwOnError: true, strict: "error", output: "mathml" };
const maxExpand = Number(process.argv[2]);
const page = await mathjax.init({
  loader: { load: ["input/tex"] },
  tex: {
    packages: { "[-]": ["noerrors", "noundefined"] },
    formatError: (_, error) => { throw error; },
  },
});

async function error(typeset) {
  try {
    await typeset();
    return null;
  } catch (thrown) {
    return thrown.message;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { name, latex } = JSON.parse(line);
  console.log(JSON.stringify({
    name,
    katex: await error(() => katex.renderToString(latex, { ...options, maxExpand })),
    mathjax: await error(() => page.tex2mmlPromise(latex, { display: true })),
  }));
}
