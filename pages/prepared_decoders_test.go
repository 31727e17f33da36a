package pages

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

// TestPreparedDecoders: what Go decodes, others decode: several pages in a row, where the
// end of each must be found, or over HTTP.
func TestPreparedDecoders(t *testing.T) {
	pages := map[string][]byte{}
	var urls, want []string
	var joined []byte
	for _, s := range samples() {
		if s.view.StatusOnly {
			continue
		}
		site, v := preparing(t, s.brand), referring(s.in(lang(t, s.lang)))
		page, _, ok := appendPrepared(site, nil, &v, true)
		if !ok {
			t.Fatalf("%s is not prepared", s.name)
		}
		pages["/"+s.name], joined = page, append(joined, page...)
		urls, want = append(urls, "/"+s.name), append(want, html(t, s.brand, v))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(pages[r.URL.Path])
	}))
	defer server.Close()
	for i := range urls {
		urls[i] = server.URL + urls[i]
	}
	const python = `import sys, zlib
data = sys.stdin.buffer.read()
while data:
    d = zlib.decompressobj(31)
    sys.stdout.buffer.write(d.decompress(data))
    assert d.eof
    data = d.unused_data
`
	for _, decoder := range [][]string{
		{"gzip", "-dc"},
		{"python3", "-c", python},
		append([]string{"curl", "--silent", "--show-error", "--fail", "--max-time", "10", "--compressed"}, urls...),
	} {
		t.Run(decoder[0], func(t *testing.T) {
			if _, err := exec.LookPath(decoder[0]); err != nil {
				t.Skip(err)
			}
			cmd := exec.CommandContext(t.Context(), decoder[0], decoder[1:]...)
			cmd.Stdin = bytes.NewReader(joined)
			got, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Join(want, ""); string(got) != want {
				t.Error(firstDifference(string(got), want))
			}
		})
	}
}
