package pages

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// unpacked decodes a page, which must be one member with nothing behind it.
func unpacked(t testing.TB, page []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	r.Multistream(false)
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// samePrepared compares what is prepared with what is rendered.
func samePrepared(t testing.TB, s *Site, v View) {
	t.Helper()
	want, err := s.HTML(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []struct {
		name   string
		gzip   bool
		decode func(testing.TB, []byte) []byte
	}{{"plain", false, func(_ testing.TB, b []byte) []byte { return b }}, {"gzip", true, unpacked}} {
		page, policy, ok := s.AppendPrepared([]byte("before"), v, form.gzip)
		if !ok {
			t.Fatalf("%s: %s is not prepared", label(v), form.name)
		}
		got := form.decode(t, bytes.TrimPrefix(page, []byte("before")))
		if !bytes.Equal(got, want) {
			t.Fatalf("%s: %s differs from the page that is rendered:\n%s", label(v), form.name, firstDifference(string(got), string(want)))
		}
		if policy != s.CSP(v) {
			t.Errorf("%s: policy %s, want %s", label(v), policy, s.CSP(v))
		}
	}
}

func TestPreparedSamples(t *testing.T) {
	for _, s := range samples() {
		if s.view.StatusOnly {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			for _, theme := range []Theme{ThemeLine, ThemeCard, ThemeBulletin} {
				s.brand.Theme = theme
				site := compile(t, s.brand)
				for _, tag := range []string{"en", "ar", "el", "ta", "de"} {
					v := s.in(lang(t, tag))
					samePrepared(t, site, v)
					v.Frame = true
					samePrepared(t, site, v)
				}
			}
		})
	}
}
