package exporttest

import (
	"net/http"
	"strings"
	"testing"
)

var servers = []server{nginx, caddy, haproxy, httpd}

// languages are Accept-Language fields, and the language of the page.
var languages = []struct{ name, accept, lang string }{
	{"no wish: the fallback", "", "de"},
	{"a language there is", "fr", "fr"},
	{"with a region", "es-MX", "es"},
	{"in capitals", "EN-US", "en"},
	{"as browsers send it", "ar-EG,ar;q=0.9,en-US;q=0.8,en;q=0.7", "ar"},
	{"the second, where the first is not there", "az-AZ,az;q=0.9,en;q=0.8", "en"},
	{"none that there is: the fallback", "az, kk;q=0.5", "de"},
	{"traditional Chinese by its region", "zh-TW,zh;q=0.9,en-US;q=0.8", "zh-Hant"},
	{"simplified Chinese", "zh-CN,zh;q=0.9", "zh-Hans"},
	{"Portuguese of Portugal", "pt-PT,pt;q=0.8,en;q=0.5", "pt-PT"},
	{"Portuguese of Brazil", "pt-BR,pt;q=0.9", "pt-BR"},
	{"Norwegian", "no", "nb"},
	{"Hebrew by its old name", "iw-IL,iw;q=0.9", "he"},
	{"one that is refused", "fr;q=0, es;q=0.3", "es"},
	{"anything: the fallback", "*", "de"},
	{"a language that only begins alike", "end, frr", "de"},
	{"rubbish", `"><script>, ../../etc/passwd`, "de"},
}

func TestServers(t *testing.T) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			up := startUpstreams(t)
			address := s.start(t, s.config, up)
			for _, l := range languages {
				t.Run(l.name, func(t *testing.T) {
					x := exchange{path: "/dead", status: s.dead, lang: l.lang}
					if l.accept != "" {
						x.fields = []string{"Accept-Language", l.accept}
					}
					res, body := send(t, address, x)
					wantPage(t, x, res, body, true)
				})
			}
			for _, x := range append(s.cases, s.always()...) {
				t.Run(x.name, func(t *testing.T) {
					res, body := send(t, address, x)
					wantPage(t, x, res, body, true)
				})
			}
			t.Run("an error of the site's own passes as it is", func(t *testing.T) {
				res, body := send(t, address, exchange{path: "/own"})
				if res.StatusCode != http.StatusBadGateway || body != ownError || res.Header.Get("Content-Type") != "application/json" {
					t.Errorf("status %d, %v, %q", res.StatusCode, res.Header, body)
				}
			})
			t.Run("what works passes as it is", func(t *testing.T) {
				res, body := send(t, address, exchange{path: "/fine"})
				if res.StatusCode != http.StatusOK || body != "fine" || res.Header.Get("Content-Language") != "" {
					t.Errorf("status %d, %v, %q", res.StatusCode, res.Header, body)
				}
			})
			t.Run("the pages cannot be asked for by their own address", func(t *testing.T) {
				if res, body := send(t, address, exchange{path: "/_fiveohtwo_pages/de/502.html"}); strings.Contains(body, "<html") && res.StatusCode == http.StatusOK && !s.direct {
					t.Errorf("status %d, %.100q", res.StatusCode, body)
				}
			})
		})
	}
}

// always are the exchanges that every server must hold.
func (s server) always() []exchange {
	return []exchange{
		{"a form", "POST", "/dead", []string{"Accept-Language", "fr"}, "a=b", s.dead, "fr"},
		{"another method", "DELETE", "/dead", nil, "", s.dead, "de"},
		{"HEAD", "HEAD", "/dead", []string{"Accept-Language", "fr"}, "", s.dead, "fr"},
		{"a path that looks like a page", "", "/dead/x.html?y=%00", nil, "", s.dead, "de"},
		{"conditions and a range that were meant for the site's page", "", "/dead", []string{
			"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", "Range", "bytes=0-9"}, "", s.dead, "de"},
		{"an entity tag that was meant for the site's page", "", "/dead", []string{"If-None-Match", "*"}, "", s.dead, "de"},
		{"a condition that cannot hold", "", "/dead", []string{"If-Match", `"x"`, "If-Unmodified-Since", "Fri, 01 Jan 1999 00:00:00 GMT"}, "", s.dead, "de"},
		{"an upstream that does not answer", "", "/silent", []string{"Accept-Language", "ar"}, "", s.silent, "ar"},
	}
}

// tooMuch is more than the configurations here allow a body to have.
var tooMuch = strings.Repeat("x", 4096)
