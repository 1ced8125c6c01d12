// Buttons that copy a text. A page from disk may not use the clipboard everywhere; then the text is marked, to be copied
// with the keyboard.

function startPaste(button) {
  const text = document.getElementById(button.dataset.copy);
  const told = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
  const mark = () => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };
  const byHand = () => {
    mark();
    let copied = false;
    try {
      copied = document.execCommand("copy");
    } catch (refused) {
      // Then it is marked, and said so.
    }
    told.textContent = copied ? "Copied" : "Marked: copy it with Ctrl+C or ⌘C";
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!navigator.clipboard) {
      byHand();
      return;
    }
    navigator.clipboard.writeText(text.textContent).then(() => {
      told.textContent = "Copied";
    }, byHand);
  });
}

