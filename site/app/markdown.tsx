import { lexer, type Token, type Tokens } from "marked";
import type { ComponentChildren, VNode } from "preact";
import { useMemo } from "preact/hooks";
import { Code } from "./code.tsx";
import { Scroll } from "./parts.tsx";

/**
 * Markdown as elements. Nothing of it ever becomes HTML text: tags in it are shown as they are written, links lead only to
 * web addresses, places on this site and files beside it.
 */
export function Markdown({ text }: { text: string }): VNode {
  const tokens = useMemo(() => lexer(text.slice(0, 500_000), { gfm: true }), [text]);
  return <div class="markdown">{tokens.map(block)}</div>;
}

function block(token: Token): ComponentChildren {
  switch (token.type) {
    case "heading": {
      // The page's own headings come above.
      const Heading = `h${Math.min(6, token.depth + 2)}` as "h3";
      return <Heading>{inline(token.tokens)}</Heading>;
    }
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "text":
      return token.tokens ? inline(token.tokens) : plain(token.text);
    case "code":
      return <Code text={token.text} language={token.lang === "sql" ? "sql" : "text"} />;
    case "blockquote":
      return <blockquote>{token.tokens?.map(block)}</blockquote>;
    case "list": {
      const list = token as Tokens.List;
      const items = list.items.map((item) => (
        <li>
          {item.task ? <input type="checkbox" checked={item.checked === true} disabled aria-label="task" /> : null}
          {item.tokens.map(block)}
        </li>
      ));
      return list.ordered ? <ol start={Number(list.start || 1)}>{items}</ol> : <ul>{items}</ul>;
    }
    case "table": {
      const table = token as Tokens.Table;
      return (
        <Scroll label="table">
          <table>
            <thead>
              <tr>
                {table.header.map((cell) => (
                  <th>{inline(cell.tokens)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row) => (
                <tr>
                  {row.map((cell) => (
                    <td>{inline(cell.tokens)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      );
    }
    case "hr":
      return <hr />;
    case "html":
      return <p>{token.text}</p>;
    case "space":
    case "def":
      return null;
    default:
      return plain(token.raw);
  }
}

function inline(tokens: Token[] | undefined): ComponentChildren {
  return tokens?.map((token) => {
    switch (token.type) {
      case "strong":
        return <strong>{inline(token.tokens)}</strong>;
      case "em":
        return <em>{inline(token.tokens)}</em>;
      case "del":
        return <del>{inline(token.tokens)}</del>;
      case "codespan":
        return <code>{token.text}</code>;
      case "br":
        return <br />;
      case "link":
        return <Link to={token.href}>{inline(token.tokens)}</Link>;
      case "image":
        return <Picture source={token.href} text={token.text} />;
      case "text":
        return token.tokens ? inline(token.tokens) : plain(token.text);
      case "escape":
        return plain(token.text);
      default:
        return plain(token.raw);
    }
  });
}

/** The few entities that people write in Markdown; all others stay as they are. */
function plain(text: string): string {
  const names: { [name: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: "\u00a0" };
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => names[name]!);
}

/** An address that may be opened: the web, mail, this page, or a file beside it. Null for all others (`javascript:` …). */
export function safeAddress(address: string): string | null {
  const bare = address.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f]/g, "");
  if (/^(https?:|mailto:|#)/i.test(bare)) return bare;
  return /^[^:]*$/.test(bare.split(/[/?#]/)[0]!) && !bare.startsWith("//") && !bare.startsWith("\\") ? bare : null;
}

function Link({ to, children }: { to: string; children?: ComponentChildren }): VNode {
  const address = safeAddress(to);
  if (address === null) return <span>{children}</span>;
  const isOutside = /^https?:/i.test(address);
  return (
    <a href={address} {...(isOutside ? { rel: "noopener noreferrer", target: "_blank" } : {})}>
      {children}
    </a>
  );
}

/** Pictures of the project itself are shown; those of other places would tell them who reads: they become links. */
function Picture({ source, text }: { source: string; text: string }): VNode {
  const address = safeAddress(source);
  if (address === null) return <span>{text}</span>;
  if (/^[a-z]+:/i.test(address)) return <Link to={address}>{text || address}</Link>;
  return <img src={address} alt={text} loading="lazy" />;
}
