/* A report that was sent leads to its receipt, also one that had waited on this device for a network. */

const opened = Date.now();

document.addEventListener("outbox:sent", ({ detail: { form, at, answer } }) => {
  const place = form && document.getElementById(form);
  // What is being typed now is not left for something sent earlier.
  const isFree = place && (at >= opened || !place.querySelector("textarea"));
  if (isFree && answer && answer.page) location.assign(answer.page);
});
