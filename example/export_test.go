package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exportTo runs the command; it returns the exit status and what was printed.
func exportTo(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), append([]string{"export"}, args...), &out, &err)
	return code, out.String(), err.String()
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "pages")
	code, stdout, stderr := exportTo(t, "-site", "Example Shop", dir, "-contact", "help@example.com", "-lang", "de", "-at", "/srv/pages")
	if code != 0 || stderr != "" || !strings.Contains(stdout, "README.md") {
		t.Fatalf("exit status %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	t.Run("a page for each status in each language", func(t *testing.T) {
		for _, lang := range []string{"en", "de", "fr", "es", "ar"} {
			for _, status := range exported {
				page := read(t, dir, lang, fmt.Sprintf("%d.html", status))
				for _, want := range []string{fmt.Sprintf(`<!doctype html><html lang="%s"`, lang), "</html>", "Example Shop", fmt.Sprint(status), "mailto:help@example.com"} {
					if !strings.Contains(page, want) {
						t.Errorf("%s/%d.html: no %q", lang, status, want)
					}
				}
			}
		}
	})
	t.Run("the fallback language beside them", func(t *testing.T) {
		if read(t, dir, "502.html") != read(t, dir, "de", "502.html") {
			t.Error("502.html is not de/502.html")
		}
	})
	t.Run("a raw response has the page's length in bytes", func(t *testing.T) {
		head, body, _ := strings.Cut(read(t, dir, "ar", "503.http"), "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 503 Service Unavailable\r\n") || !strings.Contains(head, fmt.Sprintf("\r\nContent-Length: %d\r\n", len(body))) {
			t.Errorf("head:\n%s\nof %d bytes", head, len(body))
		}
		if body != read(t, dir, "ar", "503.html") {
			t.Error("the body is not the page")
		}
	})
	t.Run("nothing in it needs us, nothing claims a diagnosis", func(t *testing.T) {
		err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
			if !strings.HasSuffix(name, ".html") {
				return err
			}
			if found := regexp.MustCompile(`_fiveohtwo|data-status|<script|<form|<time|connection_|We are sure`).FindString(read(t, dir, name)); found != "" {
				t.Errorf("%s has %s", name, found)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("the snippets name the place, the policy and the fallback", func(t *testing.T) {
		for name, wants := range map[string][]string{
			"nginx-http.conf":      {"default de;"},
			"nginx-server.conf":    {"alias /srv/pages/;", "'sha256-", "error_page 502 "},
			"Caddyfile":            {"root /srv/pages", "'sha256-", "default de"},
			"haproxy.cfg":          {"errorfile 502 /srv/pages/de/502.http", "tune.bufsize"},
			"haproxy-frontend.cfg": {"/srv/pages/haproxy/502.map", "'sha256-", "lang.map),lower"},
			"httpd.conf":           {`<Directory "/srv/pages">`, "'sha256-", "LanguagePriority de"},
			"cloudfront.md":        {"/srv/pages/", "'sha256-", "--content-language de"},
		} {
			snippet := read(t, dir, "snippets", name)
			for _, want := range wants {
				if !strings.Contains(snippet, want) {
					t.Errorf("%s: no %q", name, want)
				}
			}
			if strings.Contains(snippet, "Retry-After") || strings.Contains(snippet, "<no value>") {
				t.Errorf("%s promises a time, or has a hole", name)
			}
		}
	})
}

func TestExportWritesAnewAndTidiesUp(t *testing.T) {
	takesLong(t)
	dir := filepath.Join(t.TempDir(), "pages")
	if code, _, stderr := exportTo(t, dir); code != 0 {
		t.Fatalf("exit status %d: %s", code, stderr)
	}
	own := filepath.Join(dir, "own.txt")
	stale := filepath.Join(dir, "xx", "502.html")
	if err := os.MkdirAll(filepath.Dir(stale), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{own, stale} {
		if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list := read(t, dir, marker) + "xx/502.html\n../outside.txt\n"
	outside := filepath.Join(filepath.Dir(dir), "outside.txt")
	for file, text := range map[string]string{filepath.Join(dir, marker): list, outside: "x"} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := exportTo(t, dir); code != 1 || !strings.Contains(stderr, "outside.txt") {
		t.Errorf("a list that leads out of the directory: exit status %d, stderr %q", code, stderr)
	}
	if err := os.WriteFile(filepath.Join(dir, marker), []byte(strings.ReplaceAll(list, "../outside.txt\n", "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := exportTo(t, dir, "-site", "Another Shop"); code != 0 {
		t.Fatalf("exit status %d: %s", code, stderr)
	}
	if !strings.Contains(read(t, dir, "en", "502.html"), "Another Shop") {
		t.Error("the page is the old one")
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("a page that is not written any more is still there: %v", err)
	}
	for _, file := range []string{own, outside} {
		if read(t, file) != "x" {
			t.Errorf("%s was touched", file)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "index.html"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "pages")
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"a directory with somebody else's files", []string{foreign}, 1, []string{foreign, "is not empty", "not written by export"}},
		{"a file in place of the directory", []string{filepath.Join(foreign, "index.html")}, 1, []string{"index.html"}},
		{"no directory", nil, 2, []string{"takes one directory, got 0", "usage: example export DIR"}},
		{"two directories", []string{dir, "-lang", "de", dir}, 2, []string{"got 2"}},
		{"wrong values, all at once", []string{dir, "-lang", "xx", "-contact", "nobody", "-voice", "robot", "-accent", "red", "-at", "pages"}, 2, []string{`"xx"`, "nobody", "robot", "red", "-at"}},
		{"a place that servers' files would have to quote", []string{dir, "-at", "/srv/my pages"}, 2, []string{"/srv/my pages", "-at"}},
		{"a flag of the gateway", []string{dir, "-upstream", "http://127.0.0.1:8080"}, 2, []string{"-upstream"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, stderr := exportTo(t, c.args...)
			if code != c.code {
				t.Errorf("exit status %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("no %q in %s", want, stderr)
				}
			}
		})
	}
	if files, err := os.ReadDir(foreign); err != nil || len(files) != 1 || read(t, foreign, "index.html") != "mine" {
		t.Errorf("somebody else's directory was changed: %v, %v", files, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("a refused export made its directory")
	}
	if code, _, stderr := exportTo(t, "-help"); code != 0 || !strings.Contains(stderr, "usage: example export DIR") {
		t.Errorf("-help: exit status %d, stderr %q", code, stderr)
	}
}

// TestExportedLanguagesDiffer: no wish is that of two languages, and each has one.
func TestExportedLanguagesDiffer(t *testing.T) {
	e, _, err := parseExport([]string{t.TempDir()}, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	seen, granted := map[string]string{}, map[string]bool{}
	for _, w := range e.wishes() {
		if other, twice := seen[strings.ToLower(w.Wish)]; twice {
			t.Errorf("%s is a wish for %s and for %s", w.Wish, w.Tag, other)
		}
		seen[strings.ToLower(w.Wish)], granted[w.Tag] = w.Tag, true
	}
	for _, l := range e.languages {
		if !granted[l.Tag] {
			t.Errorf("nobody can wish for %s", l.Tag)
		}
	}
}

func TestAcceptPattern(t *testing.T) {
	e, _, err := parseExport([]string{t.TempDir()}, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	pattern := regexp.MustCompile("(?i)" + e.acceptPattern(""))
	for _, c := range []struct{ field, want string }{
		{"de", "de"}, {"DE-at", "DE"}, {"de-AT,de;q=0.9,en;q=0.8", "de"}, {"az-AZ, fr;q=0.5", "fr"}, {"az;q=0.9 , ar", "ar"},
		{"de;q=0, es", "es"}, {"de;q=0.0,es;q=0.001", "es"}, {"de;q=0.000", ""}, {"fr ; q=1.0", "fr"}, {"zh-Hant-TW, de-Latn-DE;q=0.1", "zh-Hant"},
		{"zh-TW,zh;q=0.9", "zh-TW"}, {"zh-CN", "zh"}, {"pt-PT", "pt-PT"}, {"pt-BR,pt;q=0.9", "pt"}, {"pt", "pt"}, {"no", "no"}, {"iw-IL", "iw"},
		{"", ""}, {"*", ""}, {"den", ""}, {"x-de", ""}, {"az-de", ""}, {"de_AT", ""}, {"ende, en", "en"}, {strings.Repeat("az,", 5000) + "de", "de"},
	} {
		got := ""
		if m := pattern.FindStringSubmatch(c.field); m != nil {
			got = m[1]
		}
		if got != c.want {
			t.Errorf("%.60q: %q, want %q", c.field, got, c.want)
		}
	}
}
