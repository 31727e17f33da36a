package browsertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestNu has the Nu HTML checker look at the pages of all failures that differ in words, in
// two languages and in each theme, and at the wordiest pages in each language. What it
// calls an error may not be; warnings are listed.
func TestNu(t *testing.T) {
	jar := os.Getenv("FIVEOHTWO_VNU")
	if jar == "" {
		missing(t, "FIVEOHTWO_VNU does not say where vnu.jar is")
	}
	if _, err := exec.LookPath("java"); err != nil {
		missing(t, "the Nu HTML checker needs java: %v", err)
	}
	themes := startThemes(t)
	ctx, cancel := context.WithTimeout(theSuite.ctx, 5*time.Minute)
	defer cancel()
	dir, err := theSuite.tempDir("nu")
	if err != nil {
		t.Fatal(err)
	}
	s := samples{t: t, ctx: ctx, dir: dir}
	all, err := theGallery()
	if err != nil {
		t.Fatal(err)
	}
	for _, th := range themes {
		for _, e := range all {
			for _, language := range []string{"en", "ar"} {
				if e.scope >= everyWording {
					s.save(th, e.path(), language)
				}
			}
		}
		for _, language := range []string{"en", "ar"} {
			s.save(th, "/_fiveohtwo/problem/connection_refused", language)
		}
	}
	for _, l := range allLanguages(t) {
		for _, name := range wordiest {
			s.save(themes[0], "/failure/"+name, l.Tag)
		}
	}
	s.check(jar)
}

// samples are pages, saved as files.
type samples struct {
	t     *testing.T
	ctx   context.Context
	dir   string
	names map[string]string // by file
}

// save fetches a page.
func (s *samples) save(th theme, path, language string) {
	s.t.Helper()
	page, err := get(s.ctx, th.program.url+path+"?fiveohtwo-lang="+language)
	if err != nil {
		s.t.Fatal(err)
	}
	file := filepath.Join(s.dir, fmt.Sprintf("%d.html", len(s.names)))
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if s.names == nil {
		s.names = map[string]string{}
	}
	s.names["file:"+filepath.ToSlash(file)] = th.name + " " + path + " " + language
}

// check runs the checker once for all files, as it takes long to start.
func (s *samples) check(jar string) {
	s.t.Helper()
	checker := exec.CommandContext(s.ctx, "java", "-XX:+UseSerialGC", "-Xss2m", "-jar", jar, "--stdout", "--format", "json", "--exit-zero-always", s.dir)
	var stderr bytes.Buffer
	checker.Stderr = &stderr
	out, err := checker.Output()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var report struct {
		Messages []struct{ Type, SubType, URL, Message, Extract string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
	warnings := map[string]int{}
	for _, m := range report.Messages {
		if m.Type == "info" {
			warnings[m.Message]++
			continue
		}
		s.t.Errorf("%s: %s: %s", s.names[m.URL], m.Message, m.Extract)
	}
	s.t.Logf("%d pages; warnings: %v", len(s.names), warnings)
}
