// Sentences in the reader's language, from <template id="client-texts">.

/** @param {string} key @returns {string} */
export function text(key) {
  const template = document.getElementById("client-texts");
  return template?.content.querySelector(`[data-text="${key}"]`)?.textContent ?? "";
}
