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
	switch p.fact {
	case factSite:
		return p.form.appendTo(dst, f.site)
	case factReference:
		return p.form.appendTo(dst, v.Reference)
	case factTrace:
		return p.form.appendTo(dst, v.Trace)
	case factAddress:
		if len(v.Host)+len(v.Path) > maxShown {
			return p.form.appendTo(dst, v.address())
		}
		return p.form.appendTo(p.form.appendTo(dst, v.Host), v.Path)
	case factPath:
		return p.form.appendTo(dst, v.Path)
	case factStatus:
		return p.form.appendTo(dst, v.Status)
	case factLimit:
		return p.form.appendTo(dst, size(v.Diagnosis.Limit))
	}
	at := v.Time
	switch p.fact {
	case factBack, factMachineBack:
		at = at.Add(v.Diagnosis.RetryAfter)
	case factSince, factMachineSince:
		at = v.Verdict.Since
	}
	return p.form.appendTime(dst, at.UTC(), layouts[p.fact])
}

// layouts of the facts that are times.
var layouts = [factCount]string{
	factTime: timeLayout, factMachineTime: machineLayout, factMade: shortTimeLayout,
	factBack: shortTimeLayout, factMachineBack: machineLayout, factSince: clockLayout, factMachineSince: machineLayout,
}

// appendTime writes a time. In a mail its blanks are escaped.
func (f form) appendTime(dst []byte, t time.Time, layout string) []byte {
	if f == inText {
		return t.AppendFormat(dst, layout)
	}
	var buf [len(timeLayout) + 16]byte
	return f.appendTo(dst, string(t.AppendFormat(buf[:0], layout)))
}
