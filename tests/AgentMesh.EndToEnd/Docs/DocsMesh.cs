using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd.Docs;

/// <summary>One mesh for all pages, which a page may kill and start again, and a terminal beside it.</summary>
public sealed partial class DocsMesh : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agentmesh-docs-");
    private Mesh? _mesh;

    private int _pages;

    /// <summary>The mesh, running.</summary>
    internal async Task<Mesh> StartAsync()
    {
        if (_mesh is not null && Mesh.IsRunning(_mesh.SidecarPid))
            return _mesh;
        if (_mesh is not null)
            await _mesh.DisposeAsync();
        _mesh = await Mesh.StartAsync(Path.Combine(_folder.FullName, ".agentmesh"), options: ["--set", "AgentMesh__Wallets__StartingUsdc=10"]);
        await KnowBalancesAsync(_mesh);
        return _mesh;
    }

    /// <summary>
    /// Asks for a balance until there is one: pages show one, and a mesh that has just started on a busy machine may need longer for its first than the 1.5 s in which an
    /// agent's info says that nobody knows. It goes on saying so for 5 s, in which nobody is asked.
    /// </summary>
    private static async Task KnowBalancesAsync(Mesh mesh)
    {
        const string User = "warm-up";
        using var client = new AgentClient(mesh.Ready.Gateway);
        await client.PostAsync(User, "hello");
        var (isKnown, info) = (false, default(JsonElement));
        for (var asked = Stopwatch.StartNew(); !isKnown && asked.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            info = await client.InfoAsync(User);
            isKnown = info.TryGetProperty("balance", out var balance) && balance.ValueKind == JsonValueKind.Object;
        }

        Assert.True(isKnown, $"The mesh knows no balance: {info}");
        using var erased = await client.Http.DeleteAsync($"/agent/{User}", TestContext.Current.CancellationToken);
        erased.EnsureSuccessStatusCode();
    }

    /// <summary>Runs the blocks of a page and says what is not as it says.</summary>
    /// <param name="blocks">Its blocks, those that are files too.</param>
    internal async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<Block> blocks)
    {
        await StartAsync();
        var shell = new Shell(_folder.FullName, ++_pages);
        foreach (var file in blocks.Where(block => block.FileName.Length > 0))
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, file.FileName), file.Text, TestContext.Current.CancellationToken);

        var wrong = new List<string>();
        foreach (var (block, command) in blocks.Where(block => block.IsRun).SelectMany(block => block.Commands().Select(command => (block, command))))
        {
            if (await RunAsync(command, shell) is { } why)
                wrong.Add($"{block.Page}:{block.Line}: {command.Text}\n{why}");
        }

        return wrong;
    }

    private async Task<string?> RunAsync(Command command, Shell shell)
    {
        // It runs already, unless the page has killed it.
        var mesh = await StartAsync();
        if (StartOfTheMesh().IsMatch(command.Text))
            return shell.WhyNot(command, mesh, mesh.Output);
        var why = await shell.RunAsync(command, mesh);
        if (command.Text.StartsWith("kill -9 ", StringComparison.Ordinal))
            await mesh.WaitForEndAsync();
        return why;
    }

    public async ValueTask DisposeAsync()
    {
        if (_mesh is not null)
            await _mesh.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"^dotnet run --project src/AgentMesh\.Sidecar *(#.*)?$")]
    private static partial Regex StartOfTheMesh();
}
