package upstreamtest_test

import (
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// cut is what a visitor gets when the connection breaks before a whole answer came, or
// when the visitor left.
const cut = 0

// expected is what each case does with a proxy that knows nothing of it.
var expected = map[string]struct {
	visitor int  // status that the visitor gets
	alone   bool // the transport's error tells the type without any facts
}{
	"dns_error":                         {visitor: 502, alone: true},
	"dns_servfail":                      {visitor: 502, alone: true},
	"dns_timeout":                       {visitor: 502, alone: true},
	"connection_refused":                {visitor: 502, alone: true},
	"connection_refused_post":           {visitor: 502, alone: true},
	"connection_timeout":                {visitor: 502, alone: true},
	"destination_ip_unroutable":         {visitor: 502, alone: true},
	"connection_reset_at_accept":        {visitor: 502, alone: true},
	"tls_certificate_unknown_ca":        {visitor: 502, alone: true},
	"tls_certificate_expired":           {visitor: 502, alone: true},
	"tls_certificate_wrong_name":        {visitor: 502, alone: true},
	"tls_protocol_error":                {visitor: 502, alone: true},
	"tls_handshake_timeout":             {visitor: 502}, // which timeout: by the step
	"tls_handshake_cut":                 {visitor: 502, alone: true},
	"tls_alert_received":                {visitor: 502, alone: true},
	"tls_on_plain_port":                 {visitor: 502, alone: true},
	"connection_terminated":             {visitor: 502, alone: true},
	"connection_terminated_post":        {visitor: 502, alone: true},
	"http_response_timeout":             {visitor: 502, alone: true},
	"http_response_timeout_post":        {visitor: 502, alone: true},
	"http_protocol_error":               {visitor: 502, alone: true},
	"http_protocol_error_ssh":           {visitor: 502, alone: true},
	"http_status_000":                   {visitor: cut}, // the transport takes it, ReverseProxy panics
	"http_status_1000":                  {visitor: 502, alone: true},
	"http_response_incomplete":          {visitor: 502}, // the same error as a lost connection
	"http_header_malformed":             {visitor: 502, alone: true},
	"http_response_header_section_size": {visitor: 502, alone: true},
	"http_response_transfer_coding":     {visitor: 502, alone: true},
	"http_upgrade_failed":               {visitor: 502}, // ReverseProxy's own finding
	"body_cut_short":                    {visitor: cut}, // after RoundTrip
	"body_reset":                        {visitor: cut}, // after RoundTrip
	"http_request_error_413":            {visitor: 502}, // the fault is in front of the transport
	"http_request_error_400":            {visitor: 502}, // the same
	"visitor_left_waiting":              {visitor: cut}, // the same
	"empty_502":                         {visitor: 502}, // no error
	"empty_503":                         {visitor: 503}, // no error
	"empty_504":                         {visitor: 504}, // no error
}

func TestCases(t *testing.T) {
	for _, c := range upstreamtest.Cases() {
		want, ok := expected[c.Name]
		if !ok {
			t.Errorf("%s is not in the table", c.Name)
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			started := time.Now()
			u := start(t, c)
			if got := visit(t, c, gateway(t, c, u)); got != want.visitor {
				t.Errorf("the visitor got %d, want %d", got, want.visitor)
			}
			if want.alone {
				res, err := roundTrip(t, c, u)
				if err == nil {
					res.Body.Close()
				}
				if got := diagnosis.Of(err, diagnosis.Facts{}).Type; got != c.Want.Type {
					t.Errorf("%v is diagnosed as %q, want %q", err, got, c.Want.Type)
				}
			}
			if took := time.Since(started); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
	if len(expected) != len(upstreamtest.Cases()) {
		t.Errorf("the table has %d cases, there are %d", len(expected), len(upstreamtest.Cases()))
	}
}
