package pages

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages/internal/join"
)

// forged are values that look like what pages are cut at.
var (
	markSigns = "\ue000["
	markName  = strings.TrimPrefix(join.Mark(0), markSigns)[:len(join.Mark(0))-len(markSigns)-1]
	forged    = []string{
		join.Mark(uint8(factReference)), join.Mark(uint8(factPath)), mailText.Replace(join.Mark(uint8(factStatus))),
		markName, markName + "a", markSigns, "%EE%80%80%5B", "\ue000", "\U000f0000",
	}
)

// TestPreparedHostileValues: a value is written as it is on a page that is rendered.
func TestPreparedHostileValues(t *testing.T) {
	takesLong(t)
	values := forged
	for _, h := range hostile {
		values = append(values, h.value)
	}
	for _, f := range fields {
		t.Run(f.name, func(t *testing.T) {
			for _, value := range values {
				if strings.Contains(value, markName) && !strings.HasPrefix(f.name, "View.") {
					continue // constant text has a name that is random only if somebody guesses it
				}
				site, view, ok := withValue(f.set, value)
				if !ok {
					continue
				}
				view.Status = "/status?k=" + value
				for _, tag := range []string{"en", "ar"} {
					view.Language = lang(t, tag)
					samePrepared(t, site, view)
				}
			}
		})
	}
}

// FuzzPrepared looks for values that are written in another way than on a page that is
// rendered.
func FuzzPrepared(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.value, h.value, h.value, h.value, h.value, int64(0), int64(0), int64(0))
	}
	for _, value := range forged {
		f.Add(value, value, value, value, value, int64(1773391267), int64(1<<40), int64(1<<20))
	}
	languages := catalogue().Languages()
	sites := []*Site{preparing(f, shop), preparing(f, Brand{})}
	f.Fuzz(func(t *testing.T, host, path, reference, trace, status string, at, wait, limit int64) {
		n := len(host) + len(path) + len(reference)
		v := upload(&http.MaxBytesError{Limit: limit})
		if n%2 == 0 {
			v = seen(diagnosis.ConnectionRefused, diagnosis.StepDial, []string{"GET", "POST"}[n/2%2])
		}
		v = referring(v)
		v.Language, v.Time = languages[n%len(languages)], time.Unix(at, 0)
		v.Host, v.Path, v.Reference, v.Trace, v.Status = host, path, reference, trace, status
		v.Diagnosis.RetryAfter, v.Diagnosis.Limit = time.Duration(wait), limit
		for _, site := range sites {
			samePrepared(t, site, v)
		}
	})
}
