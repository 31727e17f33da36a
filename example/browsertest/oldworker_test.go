package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// oldWorker is a service worker that keeps the first page it is asked for, whatever it is,
// and never asks again.
const oldWorker = `
self.onactivate = event => event.waitUntil(clients.claim());
self.onfetch = event => {
	if (event.request.mode != "navigate" || !event.request.url.endsWith("/cart")) return;
	event.respondWith(caches.open("pages").then(async cache => {
		const kept = await cache.match(event.request);
		if (kept) return kept;
		const answer = await fetch(event.request);
		await cache.put(event.request, answer.clone());
		return answer;
	}));
};`

// TestOldWorker: where a service worker keeps the page although the site is back, the visitor
// can have both thrown away.
func TestOldWorker(t *testing.T) {
	inEach(t, func(v *visitor) {
		var up atomic.Bool
		var carts atomic.Int64
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/worker.js":
				w.Header().Set("Content-Type", "text/javascript")
				fmt.Fprint(w, oldWorker)
			case !up.Load():
				panic(http.ErrAbortHandler)
			case r.URL.Path == "/cart":
				carts.Add(1)
				fallthrough
			default:
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, `<!doctype html><title>The shop</title><p>Welcome<script>if (location.pathname == "/start") navigator.serviceWorker.register("/worker.js")</script>`)
			}
		}))
		v.Cleanup(site.Close)
		program, err := startProgram("old-worker-"+v.browser, "-upstream", site.URL, "-site", "Example Shop")
		if err != nil {
			v.Fatal(err)
		}
		v.look(desktop)
		const choice = `() => !document.querySelector(".more label").hidden`
		v.sub("no choice where there is no worker", func(v *visitor) {
			up.Store(false)
			v.open(program.url + "/other")
			if measure[bool](v, choice) {
				v.Error("it is there")
			}
		})
		v.sub("worker and copies go, the site comes", func(v *visitor) {
			up.Store(true)
			v.open(program.url + "/start")
			waitFor(v, "the worker", func() bool { return measure[bool](v, `() => !!navigator.serviceWorker.controller`) })
			up.Store(false)
			v.open(program.url + "/cart")
			up.Store(true)
			v.open(program.url + "/cart")
			if title := measure[string](v, `() => document.title`); title == "The shop" || carts.Load() > 0 {
				v.Fatalf("the worker keeps nothing: %q", title)
			}
			v.click(".more summary", 0)
			waitFor(v, "the choice", func() bool { return measure[bool](v, choice) })
			v.click(".more label", 0)
			v.click(".more form button", 0)
			waitFor(v, "the way on", func() bool { return measure[bool](v, `() => document.querySelector(".more form a").checkVisibility()`) })
			v.click(".more form a", 0)
			waitFor(v, "the site", func() bool { return carts.Load() == 1 })
		})
	})
}
