package pages

import "time"

// A filling writes the facts of a view into a skeleton.
type filling struct {
	view *View // cleaned
	site string
}

// append writes the fact of a place: as [View.facts] has it, in the form of the place.
func (f *filling) append(dst []byte, p place) []byte {
	v := f.view
	var text string
	switch p.fact {
	case factSite:
		text = f.site
	case factReference:
		text = v.Reference
	case factTrace:
		text = v.Trace
	case factAddress:
		if text = v.Path; len(v.Host)+len(v.Path) > maxShown {
			text = v.address()
		} else {
			dst = p.form.appendTo(dst, v.Host)
		}
	case factPath:
		text = v.Path
	case factStatus:
		text = v.Status
	case factLimit:
		text = size(v.Diagnosis.Limit)
	default:
		return p.form.appendTime(dst, f.time(p.fact), layouts[p.fact])
	}
	return p.form.appendTo(dst, text)
}

func (f *filling) time(p fact) time.Time {
	switch p {
	case factBack, factMachineBack:
		return f.view.Time.Add(f.view.Diagnosis.RetryAfter).UTC()
	case factSince, factMachineSince:
		return f.view.Verdict.Since.UTC()
	}
	return f.view.Time.UTC()
}

// layouts of the facts that are times.
var layouts = [factCount]string{
	factTime: timeLayout, factMachineTime: machineLayout, factMade: shortTimeLayout,
	factBack: shortTimeLayout, factMachineBack: machineLayout, factSince: clockLayout, factMachineSince: machineLayout,
}

// appendTime writes a time of UTC. In a mail its blanks are escaped.
func (f form) appendTime(dst []byte, t time.Time, layout string) []byte {
	var buf [len(timeLayout) + 16]byte
	text := appendLayout(buf[:0], t, layout)
	if f == inText {
		return append(dst, text...)
	}
	return f.appendTo(dst, string(text))
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
