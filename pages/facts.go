package pages

import "strconv"

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

	noFact fact = 0xff
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
