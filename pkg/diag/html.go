package diag

import (
	"html/template"
	"io"
)

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"fates": fateText, "count": count, "about": (*Report).about, "verdict": (*Report).verdict,
	"severe": bySeverity, "remedy": Finding.remedy, "hash": Finding.acceptable, "shown": LedgerLine.shown,
}).Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{about .}}</title><style>
body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em;color:#222}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.4em;text-align:left;vertical-align:top}
.error{color:#b00020}.warning{color:#8a5a00}.info{color:#555}code{font-size:90%}
</style></head><body>
<h1>{{about .}}{{verdict . ": "}}</h1>
<p>{{count .Summary.Documents "document"}}, {{count .Summary.Leaves "value"}}: {{fates .Summary.Fates}}.
{{count .Summary.Findings.Error "error"}}, {{count .Summary.Findings.Warning "warning"}}, {{count .Summary.Findings.Info "note"}}.</p>
{{if .Findings}}<table><tr><th>severity</th><th>code</th><th>where</th><th>finding</th><th>what to do</th></tr>
{{range severe .Findings}}<tr><td class="{{.Severity}}">{{.Severity}}</td><td><code>{{.Code}}</code></td><td>{{range .At}}<code>{{.}}</code><br>{{end}}</td><td>{{.Summary}}{{with .Detail}}<br>{{.}}{{end}}{{with .Witness}}<br><code>{{.}}</code>{{end}}</td><td>{{remedy .}}{{with .Accepted}}accepted: {{.}}{{end}}{{with hash .}}<br>hash <code>{{.}}</code>{{end}}</td></tr>
{{end}}</table>{{end}}
{{if .Prerequisites}}<h2>Prerequisites</h2><ul>{{range .Prerequisites}}<li>{{.What}}: {{.Why}}</li>{{end}}</ul>{{end}}
{{if .Assumptions}}<h2>Assumptions</h2><ul>{{range .Assumptions}}<li><code>{{.Key}}</code> is {{if .Value}}<code>{{.Value}}</code>{{else}}not set{{end}}: {{.Why}}</li>{{end}}</ul>{{end}}
{{if .Ledger}}<h2>Ledger</h2><table><tr><th>where</th><th>path</th><th>value</th><th>fate</th><th>finding</th><th>output</th></tr>
{{range .Ledger}}<tr><td><code>{{.Location}}</code></td><td>{{.Object}} <code>{{.Path}}</code></td><td><code>{{.Value}}</code></td><td>{{.Fate}}</td><td>{{.Finding}}</td><td>{{shown .}}</td></tr>
{{end}}</table>{{end}}
</body></html>
`))

// WriteHTML prints the report as one page without references to others.
func WriteHTML(w io.Writer, r *Report) error { return page.Execute(w, r) }
