// The token of a sign-in link: from the address' fragment into the form, and out of the address.
"use strict";
(function () {
  const found = /^#t=([A-Za-z0-9_-]{10,200})$/.exec(location.hash);
  const text = document.getElementById("enter-text");
  history.replaceState(null, "", location.pathname);
  if (!found) {
    text.textContent = "This link is not whole. Copy all of it, or ask for a new one with `make up`.";
    return;
  }
  text.textContent = "One moment …";
  const form = document.getElementById("enter");
  form.elements.token.value = found[1];
  form.submit();
})();
