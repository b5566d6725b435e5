using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Targets;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark targets</c>: the targets with their reasons; <c>add</c>, <c>remove</c> and <c>promote</c> change them,
/// <c>preview</c> shows what they would be, <c>tags</c> which tags there are.
/// </summary>
internal sealed class TargetsCommand : CliCommand
{
    private readonly Option<DateOnly?> _asOf = TypedOptions.Date("--as-of", "Treat this as the latest finished day");
    private readonly TargetWishOptions _add = new();
    private readonly TargetWishOptions _remove = new();
    private readonly TargetWishOptions _preview = new();
    private readonly Argument<string[]> _promoted = new("SYMBOL") { Arity = ArgumentArity.OneOrMore };
    private readonly Argument<string?> _prefix = new("PREFIX")
    {
        Description = "For example ind:sw:l1",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<TimeSpan?> _ttl = new("--ttl")
    {
        Description = "Only for a time, 1d to 90d; without a value 7d",
        HelpName = "7d",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? null : TypedOptions.ParseDuration(result),
    };

    private readonly Option<bool> _instead = new("--instead")
    {
        Description = "In the place of all present rules, not beside them",
    };

    private readonly Command _addCommand = new("add", "Add symbols, tags or indices to the targets");
    private readonly Command _removeCommand = new("remove", "Take away what was added");
    private readonly Command _promoteCommand = new("promote", "Keep temporary targets for good");
    private readonly Command _previewCommand = new("preview", "What would be added; changes nothing");
    private readonly Command _tagsCommand = new("tags", "Which tags there are, with the number of instruments");

    public override Command Build()
    {
        _add.AddTo(_addCommand);
        _addCommand.Add(_ttl);
        _addCommand.Validators.Add(result =>
        {
            if (result.GetResult(_ttl) is { Implicit: false } && _add.NamesMoreThanSymbols(result))
            {
                result.AddError("--ttl is for symbols: it takes no --tag, --index or --watchlist.");
            }
        });
        _remove.AddTo(_removeCommand);
        _preview.AddTo(_previewCommand);
        _previewCommand.Add(_instead);
        _promoteCommand.Add(_promoted);
        _tagsCommand.Add(_prefix);
        return new Command("targets", "What you watch, and why: symbols, tags, indices, watchlists")
        {
            _asOf,
            _addCommand,
            _removeCommand,
            _promoteCommand,
            _previewCommand,
            _tagsCommand,
        };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var command = parse.CommandResult.Command;
        await using var workspace = context.OpenWorkspace();
        var text = new TargetsText(context);
        if (command == _tagsCommand)
        {
            text.Write(await workspace.Get<ListTags>().RunAsync(new ListTagsRequest(parse.GetValue(_prefix)), stop));
        }
        else if (command == _addCommand)
        {
            // Without a value the option's own parser is not asked.
            TimeSpan? ttl = parse.GetResult(_ttl) is { Implicit: false }
                ? parse.GetValue(_ttl) ?? ChangeTargets.DefaultTtl
                : null;
            var wish = _add.Read(parse) with { Ttl = ttl };
            text.Write(await workspace.Get<ChangeTargets>().AddAsync(wish, stop));
        }
        else if (command == _removeCommand)
        {
            text.Write(await workspace.Get<ChangeTargets>().RemoveAsync(_remove.Read(parse), stop));
        }
        else if (command == _promoteCommand)
        {
            text.Write(await workspace.Get<ChangeTargets>().PromoteAsync(parse.GetValue(_promoted)!, stop));
        }
        else if (command == _previewCommand)
        {
            var request = new PreviewTargetsRequest(_preview.Read(parse), parse.GetValue(_instead));
            text.Write(await workspace.Get<PreviewTargets>().RunAsync(request, stop), isPreview: true);
        }
        else
        {
            text.Write(
                await workspace.Get<ListTargets>().RunAsync(new ListTargetsRequest(parse.GetValue(_asOf)), stop)
            );
        }

        return ExitCodes.Done;
    }
}
