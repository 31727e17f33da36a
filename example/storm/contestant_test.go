package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestEveryContestantSendsThePage: bytes, status, form and coding are the same for all.
func TestEveryContestantSendsThePage(t *testing.T) {
	plain := []byte("<!doctype html><title>502</title>7KQ2-M9XD" + string(pattern) + "</html>")
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, _ = zip.Write(plain)
	_ = zip.Close()
	dead, err := startDead()
	if err != nil {
		t.Fatal(err)
	}
	defer dead.stop()
	fields := http.Header{"Vary": {"Accept, Accept-Language"}}
	for _, coding := range []struct {
		name string
		page page
	}{
		{"as it is", page{502, "text/html; charset=utf-8", "", plain, "page.html", fields}},
		{"compressed", page{502, "text/html; charset=utf-8", "gzip", zipped.Bytes(), "page.html.gz", fields}},
	} {
		t.Run(coding.name, func(t *testing.T) {
			p := coding.page
			if what := p.wrongBody(p.body); what != "" {
				t.Errorf("%s", what)
			}
			a, leave, err := newArena(t.Context(), optionsOf(t))
			if err != nil {
				t.Fatal(err)
			}
			defer leave()
			p.file = filepath.Join(a.dir, p.file)
			if err := os.WriteFile(p.file, p.body, 0o644); err != nil {
				t.Fatal(err)
			}
			a.upstream, a.timeout, a.page = dead.address, longTimeout, &p
			for _, c := range contestants("dead")[2:] {
				t.Run(c.name, func(t *testing.T) { wantPage(t, c, a) })
			}
		})
	}
}

func wantPage(t *testing.T, c *contestant, a *arena) {
	server, err := c.start(t.Context(), a)
	if isMissing(err) && !c.must {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer server.kill()
	w := &wire{address: server.address}
	defer w.disconnect()
	for range 2 { // over one connection
		got, err := w.exchange(comparedRequest(server.address, "gzip"))
		if err != nil {
			t.Fatal(err)
		}
		encoding, contentType := got.value("content-encoding"), got.value("content-type")
		if got.status != a.page.status || encoding != a.page.encoding || contentType != a.page.contentType || got.closes || !bytes.Equal(got.body, a.page.body) {
			t.Errorf("body of %d bytes, want %d, after\n%s", len(got.body), len(a.page.body), got.head)
		}
		if vary := got.value("vary"); c.must && vary != a.page.fields.Get("Vary") {
			t.Errorf("Vary: %q, want as ours", vary)
		}
	}
}

func isMissing(err error) bool { return err != nil && os.IsNotExist(err) || isNotFound(err) }

func isNotFound(err error) bool {
	e, ok := err.(*exec.Error)
	return ok && e.Err == exec.ErrNotFound
}

// TestLineUpLeavesOut: who cannot take part is named, with the reason, and nobody who
// must may be missing.
func TestLineUpLeavesOut(t *testing.T) {
	a, leave, err := newArena(t.Context(), optionsOf(t))
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	absent := func(ctx context.Context, a *arena) (*process, error) {
		return a.startAt(ctx, "", nil, "no-such-server")
	}
	there, leftOut, err := lineUp(t.Context(), a, []*contestant{{name: "guest", start: absent}})
	if err != nil || len(there) != 0 || len(leftOut) != 1 {
		t.Errorf("%d there, left out: %q, %v", len(there), leftOut, err)
	}
	if _, _, err := lineUp(t.Context(), a, []*contestant{{name: "host", must: true, start: absent}}); err == nil {
		t.Error("no error without one who must take part")
	}
}
