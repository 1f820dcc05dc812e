using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Tests.Canary;

/// <summary>The canary sings when it should, and not else.</summary>
public sealed class CanaryTests : IDisposable
{
    private readonly TestTerminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task TightMesh_IsClean_AndLeftAsItWas()
    {
        await using var mesh = await LeakyMesh.StartAsync(Leak.None, _terminal.At("log"));
        var ran = await RunAsync(mesh);
        Assert.True(ran.ExitCode == ExitCodes.Done, ran.Error);
        Assert.EndsWith("result      0 foreign markers, nobody was let in\n", ran.Output, StringComparison.Ordinal);
        Assert.Equal("", ran.Error);
        Assert.Equal(0, mesh.Left);
        Assert.DoesNotContain("key-of-", _terminal.Everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Leak.History), "which is for canary-")]
    [InlineData(nameof(Leak.Door), "was let in: 200")]
    [InlineData(nameof(Leak.Sockets), "the socket of canary-")]
    [InlineData(nameof(Leak.SocketDoor), "crossed socket: GET ")]
    [InlineData(nameof(Leak.Header), "which is for canary-")]
    [InlineData(nameof(Leak.Keys), "repeat: POST /agent/user")]
    [InlineData(nameof(Leak.Paths), "was let in: 200")]
    [InlineData(nameof(Leak.Loss), "has acknowledged a message with cnry")]
    [InlineData(nameof(Leak.Log), "and for no log")]
    [InlineData(nameof(Leak.Fault), "broke the server: 500")]
    public async Task LeakyMesh_IsFoundOut(string leak, string told)
    {
        await using var mesh = await LeakyMesh.StartAsync(Enum.Parse<Leak>(leak), _terminal.At("log"));
        var ran = await RunAsync(mesh);
        Assert.Equal(ExitCodes.Failed, ran.ExitCode);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamThatOpensToAnother_IsLookedAt_ThoughItDoesNotEnd()
    {
        await using var mesh = await LeakyMesh.StartAsync(Leak.Stream, _terminal.At("log"));
        var ran = await RunAsync(mesh);
        Assert.Equal(ExitCodes.Failed, ran.ExitCode);
        Assert.Matches("GET /[^ ]* by canary-[^ ]* was let in: 200", ran.Error);
        Assert.Matches("GET /[^ ]* by canary-[^ ]* shows cnry[^ ]*, which is for canary-", ran.Error);
    }

    [Theory]
    [InlineData("tenant-a alice t1\n", "at least two tenants are needed")]
    [InlineData("tenant-a alice t1\ntenant-a bob t2\ntenant-b alice t3\n", "at least two tenants are needed")]
    [InlineData("tenant-a alice\n", "each line is a tenant, a user and a token")]
    [InlineData("tenant-a Alice t1\n", "each line is a tenant, a user and a token")]
    public async Task OwnersThatAreNotEnough_AreRefused(string text, string told)
    {
        var ran = await _terminal.RunAsync("canary", "--owners", _terminal.Write("owners", text));
        Assert.Equal(ExitCodes.Usage, ran.ExitCode);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OperatorsKeyThatIsNone_IsTold()
    {
        await using var mesh = await LeakyMesh.StartAsync(Leak.None, _terminal.At("log"));
        var ran = await _terminal.RunAsync("canary", "--url", mesh.Url.ToString(), "--token-file", _terminal.Write("token", "another-key"));
        Assert.Equal(ExitCodes.Refused, ran.ExitCode);
        Assert.Contains("is it the operator's key?", ran.Error, StringComparison.Ordinal);
    }

    private Task<Ran> RunAsync(LeakyMesh mesh) => _terminal.RunAsync(
        "canary", "--url", mesh.Url.ToString(), "--token-file", _terminal.Write("token", LeakyMesh.OperatorKey), "--operations", "600", "--users", "3", "--log", _terminal.At("log"));
}
