using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Definitions;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark datasets</c>: what is declared; <c>datasets show ID</c>: one of them in full; <c>datasets add API</c>:
/// the draft of a new one, from an answer of its vendor; <c>datasets check</c>: whether all of them are right;
/// <c>datasets sample ID</c>: what its vendor sends now.
/// </summary>
internal sealed class DatasetsCommand : CliCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "For example tushare.daily, or daily" };
    private readonly Argument<string> _api = new("API")
    {
        Description =
            "The vendor's name of the call, for example top_list or tushare.top_list; file.NAME of a file in the drop folder",
    };

    private readonly Option<string[]> _parameters = TypedOptions.Pairs(
        "--param",
        "What the vendor is asked with, for example trade_date=20240104; may stand several times"
    );

    private readonly Option<string?> _sample = new("--sample")
    {
        Description = "A recorded answer, JSON as the vendor sends it; the vendor is not asked then",
        HelpName = "FILE",
    };

    private readonly Argument<string[]> _ids = new("ID")
    {
        Description = "Which ones; without any, all",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _against = new("--against")
    {
        Description =
            "A folder of recorded answers {api}.json, as the vendor sends them, to compare the declarations with",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _docs = new("--docs")
    {
        Description = "A folder of the vendor's own pages in Markdown, to compare the declarations with",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _live = new("--live")
    {
        Description = "Compare with what the vendor sends now, by two small calls a dataset; of those that runs plan",
    };

    private readonly Option<int> _rows = new("--rows")
    {
        Description = "The most that are asked for, 1 to 1000",
        DefaultValueFactory = _ => 10,
        HelpName = "N",
    };

    private readonly Command _show;
    private readonly Command _add;
    private readonly Command _check;
    private readonly Command _take;

    public DatasetsCommand()
    {
        TypedOptions.Bound(_rows, 1, 1000);
        _show = new Command("show", "Everything that a dataset declares, and in which file") { _id };
        _add = new Command("add", "Draft a dataset's file from a small answer of its vendor")
        {
            _api,
            _parameters,
            _sample,
        };
        _check = new Command("check", "Whether the files of datasets are right, and vendors' answers are as they say")
        {
            _ids,
            _against,
            _docs,
            _live,
        };
        _take = new Command("sample", "The first rows that a dataset's vendor sends now; nothing is kept")
        {
            _id,
            _rows,
        };
    }

    public override Command Build() =>
        new("datasets", "What can be fetched; `add` drafts more") { _show, _add, _check, _take };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        if (parse.CommandResult.Command == _show)
        {
            DatasetsText.Write(context, workspace.Get<DescribeDataset>().Run(new(parse.GetValue(_id)!)));
            return ExitCodes.Done;
        }

        if (parse.CommandResult.Command == _add)
        {
            var sample = parse.GetValue(_sample);
            var request = new AddDatasetRequest(
                parse.GetValue(_api)!,
                TypedOptions.ToMap(parse.GetValue(_parameters) ?? []),
                sample is null ? null : context.World.FullPath(sample)
            );
            DatasetsText.Write(context, await workspace.Get<AddDataset>().RunAsync(request, stop));
            return ExitCodes.Done;
        }

        if (parse.CommandResult.Command == _check)
        {
            var request = new CheckDatasetsRequest(parse.GetValue(_ids) ?? [])
            {
                Against = FullPath(parse.GetValue(_against)),
                Pages = FullPath(parse.GetValue(_docs)),
                IsLive = parse.GetValue(_live),
            };
            var found = await workspace.Get<CheckDatasets>().RunAsync(request, stop);
            DatasetChecksText.Write(context, found);
            return ExitCodes.Of(found.Verdict);
        }

        if (parse.CommandResult.Command == _take)
        {
            var request = new SampleDatasetRequest(parse.GetValue(_id)!, parse.GetValue(_rows));
            DatasetSampleText.Write(context, await workspace.Get<SampleDataset>().RunAsync(request, stop));
            return ExitCodes.Done;
        }

        var response = workspace.Get<ListDatasets>().Run();
        DatasetsText.Write(context, response);
        return ExitCodes.Of(response.Verdict);

        string? FullPath(string? path) => path is null ? null : context.World.FullPath(path);
    }
}
