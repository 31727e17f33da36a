package upstreamtest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// cut is what a visitor gets when the connection breaks before a whole answer came, or
// when the visitor left.
const cut = 0

// unlike502 is what visitors get of a proxy that knows nothing of the case, where it is
// not a bare 502.
var unlike502 = map[string]int{
	"body_cut_late":                      cut,
	"body_cut_short":                     cut,
	"body_reset":                         cut,
	"body_reset_late":                    cut,
	"body_stalled":                       cut,
	"body_stalled_late":                  cut,
	"chunk_line_giant":                   cut,
	"chunk_malformed":                    cut,
	"chunk_malformed_late":               cut,
	"chunk_missing":                      cut,
	"empty_503":                          503,
	"empty_503_retry_after":              503,
	"empty_504":                          504,
	"http2_body_cut":                     cut,
	"http2_body_reset":                   cut,
	"http2_body_short":                   cut,
	"http2_status_099":                   cut,
	"http2_status_1000":                  cut,
	"http_response_trailer_section_size": cut,
	"http_status_000":                    cut,
	"trailer_malformed":                  cut,
	"visitor_left_downloading":           cut,
	"visitor_left_uploading":             cut,
	"visitor_left_waiting":               cut,
}

// notByError are the cases where the transport returns an error that does not tell the
// type without any facts.
var notByError = []string{
	"forward_proxy_fails",             // the proxy's own phrase
	"forward_proxy_login_unexplained", // the same
	"tls_handshake_timeout",           // which timeout: by the step
	"tls_old_version",                 // no type
	"http_interim_cut",                // the same error as a lost connection
	"http_response_incomplete",        // the same
	"http_response_incomplete_reset",  // the same
	"http2_goaway",
	"http2_goaway_enhance_your_calm",
	"http2_goaway_untaken_post",
	"http2_header_section_size",
	"http2_reset_cancel",
	"http2_reset_enhance_your_calm",
	"http2_reset_inadequate_security",
	"http2_reset_internal_error",
	"http2_reset_no_error",
	"http2_reset_refused_stream_post",
}

func TestCases(t *testing.T) {
	takesLong(t)
	known := map[string]bool{}
	for _, c := range upstreamtest.Cases() {
		known[c.Name] = true
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			checkBare(t, c)
		})
	}
	for name := range unlike502 {
		if !known[name] {
			t.Errorf("there is no case %q", name)
		}
	}
	for _, name := range notByError {
		if !known[name] {
			t.Errorf("there is no case %q", name)
		}
	}
}

// checkBare holds a case against a proxy and a diagnosis that know nothing of it.
func checkBare(t *testing.T, c upstreamtest.Case) {
	started := time.Now()
	u := start(t, c)
	want, ok := unlike502[c.Name]
	if !ok {
		want = 502
	}
	if got := visit(t, c, gateway(t, c, u)); got != want {
		t.Errorf("the visitor got %d, want %d", got, want)
	}
	res, err := roundTrip(t, c, u)
	if err == nil {
		res.Body.Close() // the fault is elsewhere: in the body, or in what the visitor or a proxy does
	}
	if err != nil && patience(c) == 0 && !slices.Contains(notByError, c.Name) {
		got := diagnosis.Of(err, diagnosis.Facts{}).Type
		if got == "" || got != c.Want.Type && got != c.Alternative {
			t.Errorf("%v is diagnosed as %q, want %q", err, got, c.Want.Type)
		}
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
