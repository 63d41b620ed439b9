/** What a PromQL expression asks for, by Prometheus' own grammar. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** One metric that an expression names. */
export interface Selector {
  readonly metric: string;
  /** Labels that it is matched and grouped by, in any place of the expression around it. */
  readonly labels: readonly string[];
  readonly matchers: readonly { readonly label: string; readonly isRegex: boolean; readonly value: string }[];
}

/** @throws Error for what is no PromQL */
export function selectorsOf(expression: string): readonly Selector[] {
  const tree = parser.parse(expression);
  const textOf = (node: SyntaxNode) => expression.slice(node.from, node.to);
  const found: Selector[] = [];
  tree.iterate({
    enter(ref) {
      if (ref.type.isError) throw new Error(`no PromQL at character ${ref.from}: ${expression}`);
      if (ref.name !== 'VectorSelector') return;
      const name = ref.node.getChild('Identifier');
      if (name === null) throw new Error(`a selector without a name: ${expression}`);
      const matchers = (ref.node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
        (matcher) => {
          const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((part) => {
            const node = matcher.getChild(part);
            return node === null ? '' : textOf(node);
          });
          return { label: label ?? '', isRegex: operator?.includes('~') === true, value: (value ?? '').slice(1, -1) };
        },
      );
      const labels = [...matchers.map(({ label }) => label), ...groupings(ref.node).map(textOf)];
      found.push({ metric: textOf(name), labels, matchers });
    },
  });
  return found;
}

/** The `by (…)` of every aggregation around a node. */
function groupings(node: SyntaxNode): SyntaxNode[] {
  const around: SyntaxNode[] = [];
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    const labels =
      outer.name === 'AggregateExpr' ? outer.getChild('AggregateModifier')?.getChild('GroupingLabels') : null;
    around.push(...(labels?.getChildren('LabelName') ?? []));
  }
  return around;
}
