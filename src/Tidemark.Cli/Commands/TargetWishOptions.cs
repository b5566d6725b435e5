using System.CommandLine;
using System.CommandLine.Parsing;
using Tidemark.Cli.Output;
using Tidemark.Operations.Targets;

namespace Tidemark.Cli.Commands;

/// <summary>How a command names symbols, tags, indices and a watchlist.</summary>
internal sealed class TargetWishOptions
{
    private readonly Argument<string[]> _symbols = new("SYMBOL")
    {
        Description = "For example 600519.SH",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _tags = TypedOptions.List("--tag", "Who has one of these tags: industry:银行");
    private readonly Option<string[]> _indexes = TypedOptions.List(
        "--index",
        "The members of these indices: 000905.SH, or on a day, 000905.SH@2024-06-28"
    );

    private readonly Option<string?> _watchlist = new("--watchlist")
    {
        Description = "The symbols are of this list",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        _watchlist.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value)))
            {
                result.AddError("--watchlist is empty: it takes a name");
            }
        });
        command.Add(_symbols);
        command.Add(_tags);
        command.Add(_indexes);
        command.Add(_watchlist);
    }

    public bool NamesMoreThanSymbols(CommandResult result) =>
        result.GetResult(_tags) is { Implicit: false }
        || result.GetResult(_indexes) is { Implicit: false }
        || result.GetValue(_watchlist) is not null;

    public TargetWish Read(ParseResult parse) =>
        new()
        {
            Symbols = parse.GetValue(_symbols)!,
            Tags = parse.GetValue(_tags)!,
            Indexes = parse.GetValue(_indexes)!,
            Watchlist = parse.GetValue(_watchlist),
        };
}
