// Among pages that hold the words of a query, those that explain them come before those that only name them.
// The numbers without a comment are Sphinx's own.
var Scorer = {
  score: ([page, title, anchor, descr, score]) => {
    const worth = [
      [/^(CHANGELOG|SECURITY)$|\/index$|\/notes\/|^reference\/api\/parts$/, -8],
      [/^explanation\//, 4],
      [/^how-to\//, 3],
      [/^(tutorials|gallery)\//, 1],
    ].find(([pattern]) => pattern.test(page));
    return score + (worth ? worth[1] : 0);
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
