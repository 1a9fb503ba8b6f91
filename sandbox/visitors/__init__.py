"""The practice store's dialogue with those who visit it: sessions, places, challenges.

A page sets the cookies of a session (`session-id`, `session-id-time`, `ubid-main`, `i18n-prefs`) and
carries the address of the store's place dialogue with a token. The steps, as on the real store:

1. GET the `url` of `#nav-global-location-data-modal-action[data-a-modal]` with its token as header
   `anti-csrftoken-a2z` and `X-Requested-With: XMLHttpRequest` → the dialogue's form, and a second token.
2. POST `/portal-migration/hz/glow/address-change` (JSON), or POST
   `/gp/delivery/ajax/address-change.html` (form-encoded), with the second token and the same headers.
3. The next page's header names the place.

A session is bound to the exit that it was given to: used from another one, it ends. An exit is the
user name of a `Proxy-Authorization` (the store answers as a proxy too), else the port that the client
connected to (`--exits N` opens N more), else the client's address. A tunnel (CONNECT) ends in the store
too, as the host that it names: by such a proxy any store is crawled here under its own name, with
VERIFY_CERTIFICATES=false.
"""
