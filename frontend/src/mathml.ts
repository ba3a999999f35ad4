const MATHML = "http://www.w3.org/1998/Math/MathML";
const ALLOWED = new Set(["math", "mrow", "mi", "mo", "mn", "mtext", "msub", "msup", "msubsup", "msqrt"]);

/** An equation with the number of each value under it; only elements of equations are made. */
export function equation(source: string, number: (ref: string) => string | null): Element {
  const parsed = new DOMParser().parseFromString(`<math xmlns="${MATHML}">${source}</math>`, "text/xml");
  return copied(parsed.documentElement, number) ?? document.createElement("span");
}

function copied(node: Element, number: (ref: string) => string | null): Element | null {
  if (!ALLOWED.has(node.localName)) return null;
  const made = document.createElementNS(MATHML, node.localName);
  if (node.localName === "math") made.setAttribute("display", "block");
  if (node.getAttribute("stretchy") === "false") made.setAttribute("stretchy", "false");
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) made.append(child.textContent ?? "");
    else if (child instanceof Element) {
      const below = copied(child, number);
      if (below) made.append(below);
    }
  }
  const ref = node.getAttribute("data-ref");
  const text = ref === null ? null : number(ref);
  return text === null ? made : under(made, text);
}

function under(made: Element, text: string): Element {
  const both = document.createElementNS(MATHML, "munder");
  const below = document.createElementNS(MATHML, "mn");
  below.setAttribute("class", "number");
  below.append(text);
  both.append(made, below);
  return both;
}
