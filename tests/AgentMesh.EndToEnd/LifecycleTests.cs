using System.Diagnostics;

namespace AgentMesh.EndToEnd;

/// <summary>Starting, stopping, restarting: what the person at the keyboard sees.</summary>
[Collection(nameof(KilledMeshes))]
public sealed class LifecycleTests(KilledMeshes meshes)
{
    [Fact]
    public async Task Stop_EndsEverythingWithinTenSeconds_WithExitCode0_AndTheHistoryIsThereAfterwards()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        List<int> pids;
        await using (var mesh = await Mesh.StartAsync(store.Data))
        {
            using var client = new AgentClient(mesh.Ready.Gateway);
            Assert.StartsWith("This is our first message. You said: \"hello\". My wallet is 0x", (await client.PostAsync("alice", "hello")).Response, StringComparison.Ordinal);
            pids = [.. mesh.Ready.Apps.Select(app => app.Pid)];

            var (exitCode, took) = await mesh.StopAsync();

            Assert.Equal(0, exitCode);
            Assert.True(took < TimeSpan.FromSeconds(10), $"took {took}");
            Assert.False(File.Exists(mesh.ReadyFilePath));
        }

        Assert.All(pids, pid => Assert.False(Mesh.IsRunning(pid)));
        await using var again = await Mesh.StartAsync(store.Data);
        using var later = new AgentClient(again.Ready.Gateway);
        Assert.StartsWith("I remember our conversation (2 messages). You said: \"again\".", (await later.PostAsync("alice", "again")).Response, StringComparison.Ordinal);
        Assert.Equal(["hello", "again"], (await later.HistoryAsync("alice")).Where(message => message.Role == "user").Select(message => message.Content));
    }

    /// <summary>The README's commands name the run file from the repository's root, and the Web SDK would run the program in its project's folder.</summary>
    [Fact]
    public async Task PathsOfTheCommandLine_AreFromWhereTheCommandWasGiven()
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Mesh.SidecarDll)))!;
        using var run = Process.Start(new ProcessStartInfo(
            "dotnet", ["run", "--no-build", "-c", configuration, "--project", "src/AgentMesh.Sidecar", "--", "run", "-f", "no/such.yaml"])
        {
            WorkingDirectory = Mesh.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"the run file {Path.Combine(Mesh.Root, "no/such.yaml")} does not exist", string.Concat(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_Killed_AreBackWithinSeconds_AndMessagesOfThatTimeAreAnswered()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await client.PostAsync("lifecycle-alice", "before");
        var before = mesh.Ready.App("agents").Pid;

        Mesh.Kill(before);
        var posted = await client.PostAsync("lifecycle-alice", "during");

        Assert.Equal(4, posted.MessageCount);
        var ready = await mesh.WaitForReadyAsync(file => file.Apps.Any(app => app.Id == "agents" && app.Pid != before), TimeSpan.FromSeconds(10));
        Assert.Equal(mesh.SidecarPid, ready.SidecarPid);
    }

    [Fact]
    public async Task Gateway_Killed_IsBackOnTheSamePort()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        var before = mesh.Ready.App("gateway");

        Mesh.Kill(before.Pid);
        var ready = await mesh.WaitForReadyAsync(file => file.Apps.Any(app => app.Id == "gateway" && app.Pid != before.Pid), TimeSpan.FromSeconds(10));

        Assert.Equal(before.AppPort, ready.App("gateway").AppPort);
        using var client = new AgentClient(ready.Gateway);
        await client.PostAsync("lifecycle-bob", "hello");
    }

    [Fact]
    public async Task ASecondMesh_OnTheSameData_IsRefused()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Mesh.StartAsync(Path.GetDirectoryName(mesh.ReadyFilePath)!, readyFile: "second.json"));
        Assert.Contains($"{mesh.SidecarPid}", refused.Message, StringComparison.Ordinal);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await client.PostAsync("lifecycle-carol", "still here");
    }

    [Fact]
    public async Task Replicas_OfAgents_ShareTheUsers_AndOneMayDie()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var mesh = await Mesh.StartAsync(store.Data, options: ["--replicas", "agents=2,gateway=2"]);
        Assert.All(["agents", "gateway"], id => Assert.Equal(2, mesh.Ready.Apps.Count(app => app.Id == id)));
        using var client = new AgentClient(mesh.Ready.Gateway);
        foreach (var user in Enumerable.Range(0, 20))
            await client.PostAsync($"user-{user}", "one");

        Mesh.Kill(mesh.Ready.Apps.First(app => app.Id == "agents").Pid);
        foreach (var user in Enumerable.Range(0, 20))
            Assert.Equal(4, (await client.PostAsync($"user-{user}", "two")).MessageCount);
    }
}
