using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Operations.Doctor;
using Tidemark.Operations.Tests.Support;
using Tidemark.Operations.Workspaces;

namespace Tidemark.Operations.Tests;

/// <summary>Operations that begin without an open workspace.</summary>
public sealed class MachineOperationsTests
{
    [Fact]
    public async Task Doctor_WithoutAWorkspace_SaysSoInItsFirstCheck()
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-none-").FullName;
        await using var workspace = await OpenWorkspace.StartAsync();
        await using var operations = Of(workspace.World, folder);

        var response = await operations
            .Get<DoctorOperation>()
            .RunAsync(new DoctorRequest(), TestContext.Current.CancellationToken);

        response.Verdict.ShouldBe(Verdict.Failed);
        var only = response.Checks.ShouldHaveSingleItem();
        only.Check.ShouldBe("workspace");
        only.Message.ShouldStartWith("WORKSPACE_NOT_FOUND: ");
        Directory.Delete(folder);
    }

    [Fact]
    public async Task Doctor_OfAWorkspace_LooksAtEverythingOnce()
    {
        await using var workspace = await OpenWorkspace.StartAsync();
        await using var operations = Of(workspace.World, named: null);

        var response = await operations
            .Get<DoctorOperation>()
            .RunAsync(new DoctorRequest(Repair: true), TestContext.Current.CancellationToken);

        response.Ok.ShouldBeTrue(string.Join('\n', response.Checks.Where(c => !c.Ok)));
        string[] expected =
        [
            "workspace",
            "definitions",
            "calendars",
            "engine",
            "control",
            "lake",
            "log",
            "lease",
            "repair",
            "catalog",
            "symbols",
            "vendor",
            "clock",
            "disk",
        ];
        response.Checks.Select(c => c.Check).ShouldBe(expected);
    }

    [Fact]
    public async Task Init_OfAFolder_MakesAWorkspaceAndNeverTwice()
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-new-").FullName;
        await using var workspace = await OpenWorkspace.StartAsync();
        await using var operations = Of(workspace.World, named: null);
        var init = operations.Get<InitOperation>();

        File.Exists(init.Run(new InitRequest(folder)).File).ShouldBeTrue();

        Should.Throw<TidemarkException>(() => init.Run(new InitRequest(folder))).Code.ShouldBe("WORKSPACE_EXISTS");
        Directory.Delete(folder, recursive: true);
    }

    private static MachineOperations Of(HostWorld world, string? named) =>
        MachineOperations.Of(world, named, () => throw new InvalidOperationException("nobody simulates here"));
}
