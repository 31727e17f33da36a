package middleware

import (
	"strings"
	"testing"
)

// Fields of real clients.
const (
	chromeAccept     = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	firefoxAccept    = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	firefox128Accept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8"
	safariAccept     = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	googlebotAccept  = "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8"
	axiosAccept      = "application/json, text/plain, */*"
	chromeImage      = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
	dockerAccept     = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, */*"
)

var forms = []struct {
	name string
	ask  ask
	want form
}{
	// Somebody looks at a browser window.
	{"Chrome opens a page", ask{accept: chromeAccept, fetchDest: "document", fetchMode: "navigate"}, formHTML},
	{"Chrome over plain http sends no Sec-Fetch", ask{accept: chromeAccept}, formHTML},
	{"Firefox opens a page", ask{accept: firefoxAccept, fetchDest: "document", fetchMode: "navigate"}, formHTML},
	{"Firefox over plain http", ask{accept: firefoxAccept}, formHTML},
	{"Firefox 128 over plain http", ask{accept: firefox128Accept}, formHTML},
	{"Safari opens a page", ask{accept: safariAccept, fetchDest: "document", fetchMode: "navigate"}, formHTML},
	{"Safari before 16.4", ask{accept: safariAccept}, formHTML},
	{"a page in a frame", ask{accept: chromeAccept, fetchDest: "iframe", fetchMode: "navigate"}, formFrame},
	{"a page in an object, where a person would see raw JSON", ask{accept: "*/*", fetchDest: "object", fetchMode: "no-cors"}, formFrame},
	{"a form is sent", ask{method: "POST", accept: chromeAccept, fetchDest: "document", fetchMode: "navigate", contentType: "application/x-www-form-urlencoded"}, formHTML},
	{"a navigation that takes anything", ask{accept: "*/*", fetchDest: "document", fetchMode: "navigate"}, formHTML},
	{"an image opened as a page", ask{accept: chromeAccept, fetchDest: "document", fetchMode: "navigate"}, formHTML},
	{"a service worker passes a navigation on", ask{accept: firefoxAccept, fetchDest: "empty", fetchMode: "same-origin"}, formHTML},
	{"Internet Explorer 11", ask{accept: "text/html, application/xhtml+xml, image/jxr, */*"}, formHTML},
	{"an old Android browser", ask{accept: "application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5"}, formHTML},
	{"Lynx", ask{accept: "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01"}, formHTML},
	{"w3m", ask{accept: "text/html, text/*;q=0.5, image/*"}, formHTML},
	{"Googlebot", ask{accept: googlebotAccept}, formHTML},
	{"HTML by name and a JSON body", ask{accept: firefoxAccept, contentType: "application/json"}, formHTML},

	// Parts of a page: nobody reads what comes.
	{"an image", ask{accept: chromeImage, fetchDest: "image", fetchMode: "no-cors"}, formNumber},
	{"a favicon", ask{accept: chromeImage, fetchDest: "image", fetchMode: "no-cors"}, formNumber},
	{"an image whose loader would take HTML", ask{accept: chromeAccept, fetchDest: "image", fetchMode: "no-cors"}, formNumber},
	{"a script", ask{accept: "*/*", fetchDest: "script", fetchMode: "no-cors"}, formNumber},
	{"a module script", ask{accept: "*/*", fetchDest: "script", fetchMode: "cors"}, formNumber},
	{"a style sheet", ask{accept: "text/css,*/*;q=0.1", fetchDest: "style", fetchMode: "no-cors"}, formNumber},
	{"a font", ask{accept: "*/*", fetchDest: "font", fetchMode: "cors"}, formNumber},
	{"a video", ask{accept: "*/*", fetchDest: "video", fetchMode: "no-cors"}, formNumber},
	{"a manifest", ask{accept: "*/*", fetchDest: "manifest", fetchMode: "cors"}, formNumber},
	{"a service worker's own script", ask{accept: "*/*", fetchDest: "serviceworker", fetchMode: "same-origin"}, formNumber},
	{"a report", ask{accept: "*/*", fetchDest: "report", fetchMode: "no-cors", contentType: "application/reports+json"}, formNumber},
	{"rules for prerendering", ask{accept: "*/*", fetchDest: "speculationrules", fetchMode: "cors"}, formNumber},
	{"a WebSocket in Chrome", ask{accept: "*/*", fetchDest: "websocket", fetchMode: "websocket"}, formNumber},
	{"a WebSocket in an old Firefox, which names HTML", ask{accept: firefoxAccept, fetchDest: "empty", fetchMode: "websocket"}, formNumber},
	{"an image over plain http", ask{accept: chromeImage}, formText},
	{"a style sheet over plain http", ask{accept: "text/css,*/*;q=0.1"}, formText},
	{"a script over plain http", ask{accept: "*/*"}, formText},
	{"a font over plain http", ask{accept: "application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8"}, formText},

	// Scripts of a page.
	{"fetch", ask{accept: "*/*", fetchDest: "empty", fetchMode: "cors"}, formProblem},
	{"fetch of the same site", ask{accept: "*/*", fetchDest: "empty", fetchMode: "same-origin"}, formProblem},
	{"fetch of JSON", ask{accept: "application/json", fetchDest: "empty", fetchMode: "cors"}, formJSON},
	{"fetch of text", ask{accept: "text/plain", fetchDest: "empty", fetchMode: "cors"}, formText},
	{"fetch of text in capitals", ask{accept: "TEXT/PLAIN", fetchDest: "empty", fetchMode: "cors"}, formText},
	{"fetch of any text", ask{accept: "text/*", fetchDest: "empty", fetchMode: "cors"}, formText},
	{"fetch of a part of a page, as Turbo does", ask{accept: "text/html, application/xhtml+xml", fetchDest: "empty", fetchMode: "cors"}, formHTML},
	{"jQuery asks for HTML", ask{accept: "text/html, */*; q=0.01", fetchDest: "empty", fetchMode: "cors"}, formHTML},
	{"jQuery asks for JSON", ask{accept: "application/json, text/javascript, */*; q=0.01"}, formJSON},
	{"axios in a browser", ask{accept: axiosAccept, fetchDest: "empty", fetchMode: "cors"}, formJSON},
	{"axios over plain http", ask{accept: axiosAccept}, formJSON},
	{"a JSON module", ask{accept: "application/json,*/*;q=0.5", fetchDest: "json", fetchMode: "cors"}, formJSON},
	{"an event stream", ask{accept: "text/event-stream", fetchDest: "empty", fetchMode: "cors"}, formText},
	{"an event stream over plain http", ask{accept: "text/event-stream"}, formText},
	{"an event stream asked for with JSON, as language models are", ask{method: "POST", accept: "text/event-stream", contentType: "application/json"}, formProblem},
	{"JSON or an event stream", ask{method: "POST", accept: "application/json, text/event-stream", contentType: "application/json"}, formJSON},

	// Programs.
	{"curl", ask{accept: "*/*"}, formText},
	{"curl that sends a form", ask{method: "POST", accept: "*/*", contentType: "application/x-www-form-urlencoded"}, formText},
	{"curl that sends JSON", ask{method: "POST", accept: "*/*", contentType: "application/json"}, formProblem},
	{"curl --json", ask{method: "POST", accept: "application/json", contentType: "application/json"}, formJSON},
	{"wget", ask{accept: "*/*"}, formText},
	{"Go sends no Accept", ask{}, formText},
	{"Go that sends JSON", ask{method: "POST", contentType: "application/json; charset=utf-8"}, formProblem},
	{"Go that sends JSON, in capitals", ask{method: "POST", contentType: "Application/JSON"}, formProblem},
	{"python-requests", ask{accept: "*/*"}, formText},
	{"Node's fetch says cors", ask{accept: "*/*", fetchMode: "cors"}, formProblem},
	{"HTTPie with JSON", ask{method: "POST", accept: "application/json, */*;q=0.5", contentType: "application/json"}, formJSON},
	{"Spring's RestTemplate", ask{accept: "text/plain, application/json, application/*+json, */*"}, formProblem},
	{"Java's HttpURLConnection says it wants HTML", ask{accept: "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}, formHTML},
	{"git", ask{accept: "*/*"}, formText},
	{"docker", ask{accept: dockerAccept}, formProblem},
	{"npm", ask{accept: "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"}, formProblem},
	{"JSON:API", ask{accept: "application/vnd.api+json"}, formProblem},
	{"JSON:API with a second choice", ask{accept: "application/vnd.api+json, application/json;q=0.5"}, formProblem},
	{"JSON:API that sends", ask{method: "POST", contentType: "application/vnd.api+json"}, formProblem},
	{"ActivityPub, with HTML as the last resort", ask{accept: `application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1`}, formProblem},
	{"GraphQL", ask{method: "POST", accept: "application/graphql-response+json, application/json;q=0.9", contentType: "application/json"}, formProblem},
	{"RFC 9457 by name", ask{accept: "application/problem+json"}, formProblem},
	{"RFC 9457 or JSON", ask{accept: "application/json, application/problem+json"}, formProblem},
	{"JSON rather than RFC 9457", ask{accept: "application/json, application/problem+json;q=0.5"}, formJSON},
	{"JSON with a charset", ask{accept: "application/json;charset=utf-8"}, formJSON},
	{"any application type", ask{accept: "application/*"}, formProblem},
	{"XML, which is not offered", ask{accept: "application/xml, text/xml"}, formText},
	{"a reader for a language model", ask{accept: "text/markdown, text/html, */*"}, formMarkdown},
	{"apt", ask{accept: "text/*"}, formText},

	// Weights.
	{"HTML at a small weight alone", ask{accept: "text/html;q=0.05"}, formHTML},
	{"HTML refused", ask{accept: "text/html;q=0"}, formText},
	{"HTML refused, the rest taken", ask{accept: "text/html;q=0, */*"}, formText},
	{"HTML refused in fetch", ask{accept: "text/html;q=0, */*", fetchDest: "empty", fetchMode: "cors"}, formProblem},
	{"HTML refused, XHTML taken", ask{accept: "text/html;q=0, application/xhtml+xml"}, formHTML},
	{"text refused", ask{accept: "text/plain;q=0, */*"}, formProblem},
	{"everything refused", ask{accept: "*/*;q=0"}, formText},
	{"JSON rather than HTML", ask{accept: "text/html;q=0.5, application/json"}, formJSON},
	{"HTML rather than JSON", ask{accept: "application/json;q=0.5, text/html"}, formHTML},
	{"text rather than HTML", ask{accept: "text/html;q=0.5, text/plain"}, formText},
	{"text rather than JSON", ask{accept: "application/json;q=0.5, text/plain", fetchDest: "empty", fetchMode: "cors"}, formText},
	{"JSON and HTML alike: a page is good for a person", ask{accept: "application/json, text/html"}, formHTML},
	{"anything rather than HTML", ask{accept: "text/html;q=0.5, */*"}, formText},

	// Junk.
	{"HTML with a bad weight", ask{accept: "text/html;q=abc"}, formHTML},
	{"garbage", ask{accept: "!!!"}, formText},
	{"a NUL", ask{accept: "\x00"}, formText},
	{"a NUL in a name", ask{accept: "text/html\x00"}, formText},
	{"one megabyte", ask{accept: strings.Repeat("x/y,", 1<<18)}, formText},
	{"one megabyte that would say +json", ask{accept: strings.Repeat("x", 1<<20) + "+json"}, formText},
	{"HTML, then one megabyte", ask{accept: "text/html," + strings.Repeat("x/y,", 1<<18)}, formHTML},
	{"unknown Sec-Fetch values", ask{accept: firefoxAccept, fetchDest: "<b>", fetchMode: "\x00"}, formHTML},
	{"a content type of one megabyte", ask{accept: "*/*", contentType: strings.Repeat("x", 1<<20)}, formText},
}

func TestForm(t *testing.T) {
	for _, tt := range forms {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.ask.form(preferenceOf); got != tt.want {
				t.Errorf("form() = %s, want %s", formNames[got], formNames[tt.want])
			}
		})
	}
}

var formNames = map[form]string{
	formText: "text", formHTML: "HTML", formProblem: "problem+json", formJSON: "JSON", formNumber: "number", formFrame: "frame", formMarkdown: "markdown", formGRPC: "gRPC", formEmpty: "empty",
}

func TestFormAllocatesNothing(t *testing.T) {
	for _, tt := range forms {
		if allocs := testing.AllocsPerRun(10, func() { tt.ask.form(preferenceOf) }); allocs > 0 {
			t.Errorf("%s: %v allocations, want none", tt.name, allocs)
		}
	}
}

func FuzzForm(f *testing.F) {
	for _, tt := range forms {
		if len(tt.ask.accept)+len(tt.ask.contentType) < 1<<10 {
			f.Add(tt.ask.accept, tt.ask.fetchDest, tt.ask.fetchMode, tt.ask.contentType)
		}
	}
	f.Fuzz(func(t *testing.T, accept, dest, mode, contentType string) {
		a := ask{accept: accept, fetchDest: dest, fetchMode: mode, contentType: contentType}
		got := a.form(preferenceOf)
		if _, ok := formNames[got]; !ok {
			t.Fatalf("form() = %d", got)
		}
		// Long pages go only to those who name them, or who are browsers.
		a.fetchDest, a.fetchMode = "", ""
		if a.form(preferenceOf) == formHTML && !strings.Contains(strings.ToLower(accept), "html") {
			t.Errorf("form() = HTML for Accept %q", accept)
		}
	})
}

func BenchmarkForm(b *testing.B) {
	for name, a := range map[string]ask{
		"navigation": {accept: chromeAccept, fetchDest: "document", fetchMode: "navigate"},
		"plain http": {accept: chromeAccept},
		"fetch":      {accept: "*/*", fetchDest: "empty", fetchMode: "cors"},
		"junk":       {accept: strings.Repeat("x/y,", 1<<18)},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.form(preferenceOf)
			}
		})
	}
}
