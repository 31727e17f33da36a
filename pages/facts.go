package pages

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/pages/internal/join"
)

// A fact is a value that belongs to one answer, not to its kind.
type fact uint8

const (
	factSite fact = iota // the name of the site, where the brand has none
	factReference
	factTrace
	factAddress // host and path, shortened
	factPath
	factStatus // View.Status
	factLimit
	factTime // when it failed, as people read it
	factMachineTime
	factMade // the same, without the seconds
	factBack // when trying again makes sense
	factMachineBack
	factSince // when it began for everybody
	factMachineSince
	factCount
)

type facts [factCount]string

const (
	timeLayout      = "2006-01-02 15:04:05 UTC"
	shortTimeLayout = "2006-01-02 15:04 UTC"
	clockLayout     = "15:04 UTC"
	machineLayout   = "2006-01-02T15:04:05Z" // RFC 3339
)

// facts are those of a view that is cleaned.
func (v *View) facts(b *Brand) facts {
	at, back, since := v.Time.UTC(), v.Time.Add(v.Diagnosis.RetryAfter).UTC(), v.Verdict.Since.UTC()
	f := facts{
		factSite: v.site(b), factReference: v.Reference, factTrace: v.Trace,
		factAddress: v.address(), factPath: v.Path, factStatus: v.Status, factLimit: size(v.Diagnosis.Limit),
		factMachineTime: at.Format(machineLayout), factMade: at.Format(shortTimeLayout),
		factBack: back.Format(shortTimeLayout), factMachineBack: back.Format(machineLayout),
		factSince: since.Format(clockLayout), factMachineSince: since.Format(machineLayout),
	}
	if !v.Time.IsZero() {
		f[factTime] = at.Format(timeLayout)
	}
	return f
}

// address returns host and path, shortened. Both are clean, and so are they together.
func (v *View) address() string {
	if len(v.Host)+len(v.Path) <= maxShown {
		return v.Host + v.Path
	}
	return clean(v.Host+v.Path, maxShown)
}

// size is a number of bytes as people say it, rounded down: less is taken in any case.
func size(bytes int64) string {
	unit, units := int64(1<<10), []string{"KB", "MB", "GB"}
	for len(units) > 1 && bytes >= unit<<10 {
		unit, units = unit<<10, units[1:]
	}
	return strconv.FormatFloat(float64(bytes*10/unit)/10, 'f', -1, 64) + " " + units[0]
}

// The ways in which a page writes a fact.
const (
	inText = iota // of an element or attribute
	inMail        // in a mailto URI, in an attribute
)

// escapes write facts as templ does, and as [page.mail] does before.
var escapes = join.NewEscapes(templ.EscapeString[string], func(s string) string { return templ.EscapeString(mailText.Replace(s)) })

// appendFact writes the fact of a hole into a page: as [View.facts] has it, escaped for the
// hole. The view is cleaned, name is that of the site.
func (v *View) appendFact(dst []byte, h join.Hole, name string) []byte {
	var text string
	switch f := fact(h.Value); f {
	case factSite:
		text = name
	case factReference:
		text = v.Reference
	case factTrace:
		text = v.Trace
	case factAddress:
		if text = v.Path; len(v.Host)+len(v.Path) > maxShown {
			text = v.address()
		} else {
			dst = escapes.Append(dst, h.Way, v.Host)
		}
	case factPath:
		text = v.Path
	case factStatus:
		text = v.Status
	case factLimit:
		text = size(v.Diagnosis.Limit)
	default:
		return appendTime(dst, v.timeOf(f), layouts[f], h.Way)
	}
	return escapes.Append(dst, h.Way, text)
}

func (v *View) timeOf(f fact) time.Time {
	switch f {
	case factBack, factMachineBack:
		return v.Time.Add(v.Diagnosis.RetryAfter).UTC()
	case factSince, factMachineSince:
		return v.Verdict.Since.UTC()
	}
	return v.Time.UTC()
}

// layouts of the facts that are times.
var layouts = [factCount]string{
	factTime: timeLayout, factMachineTime: machineLayout, factMade: shortTimeLayout,
	factBack: shortTimeLayout, factMachineBack: machineLayout, factSince: clockLayout, factMachineSince: machineLayout,
}

// appendTime writes a time of UTC. In a mail its blanks are escaped.
func appendTime(dst []byte, t time.Time, layout string, way uint8) []byte {
	var buf [len(timeLayout) + 16]byte
	text := appendLayout(buf[:0], t, layout)
	if way == inText {
		return append(dst, text...)
	}
	return escapes.Append(dst, way, string(text))
}

// appendLayout is [time.Time.AppendFormat], made of the one layout that Go writes fast.
func appendLayout(dst []byte, t time.Time, layout string) []byte {
	const date, minute, second, zone = len("2006-01-02"), len("2006-01-02T15:04"), len("2006-01-02T15:04:05"), " UTC"
	b := t.AppendFormat(dst, time.RFC3339)
	if len(b) != len(machineLayout) { // a year of more than four digits
		return t.AppendFormat(dst, layout)
	}
	switch layout {
	case timeLayout:
		b[date] = ' '
		return append(b[:second], zone...)
	case shortTimeLayout:
		b[date] = ' '
		return append(b[:minute], zone...)
	case clockLayout:
		return append(b[date+1:minute], zone...)
	}
	return b
}
