package legal

import (
	"cmp"
	"slices"

	"github.com/transmesh/transmesh/pkg/intent"
	"github.com/transmesh/transmesh/pkg/match"
)

// byAccount says a label of clients by the accounts of the workloads that have
// it. That means the same only where all workloads are known, and each account
// has the label at all of its workloads or at none.
func (s speech) byAccount(a match.Atom) []match.Expr {
	with, without := map[intent.Name]bool{}, map[intent.Name]bool{}
	for _, w := range s.workloads {
		v, ok := intent.Lookup(w.Labels, a.Key)
		labelled := ok && a.Holds(v)
		if w.Kind == intent.MachineKind && w.Account == "" {
			if labelled {
				return nil
			}
			continue
		}
		account := intent.Name{Namespace: w.Name.Namespace, Name: cmp.Or(w.Account, "default")}
		if labelled {
			with[account] = true
		} else {
			without[account] = true
		}
	}
	var accounts []intent.Name
	for account := range with {
		if without[account] {
			return nil
		}
		accounts = append(accounts, account)
	}
	if len(accounts) == 0 {
		return nil
	}
	slices.SortFunc(accounts, intent.Name.Compare)
	var or match.Or
	for _, account := range accounts {
		or = append(or, match.And{
			match.Atom{Field: match.ClientNamespace, Value: account.Namespace, Ref: a.Ref},
			match.Atom{Field: match.ClientAccount, Value: account.Name, Ref: a.Ref},
		})
	}
	return []match.Expr{or}
}
