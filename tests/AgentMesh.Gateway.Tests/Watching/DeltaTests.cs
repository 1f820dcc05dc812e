using AgentMesh.Contracts.Agents;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>The text of running turns, which is stored nowhere: each socket gets it from its own place on.</summary>
public sealed class DeltaTests : WatchTest
{
    [Fact]
    public async Task Pieces_ComeAsTheyAreWritten_UntilTheMessageIsThere()
    {
        Agent.IsModel = true;
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await socket.MessageAsync("hi");
        await socket.NextAsync();
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hel"));
        Assert.Equal("""{"type":"delta","turn":"t1","attempt":1,"at":0,"text":"Hel"}""", await socket.NextTextAsync());
        await AnnounceAsync(gateway, Delta("t1", 1, 3, "lo"));
        Assert.Equal("""{"type":"delta","turn":"t1","attempt":1,"at":3,"text":"lo"}""", await socket.NextTextAsync());
        await AnnounceAsync(gateway, Seq(Agent.Complete("t1", "Hello")));
        Assert.Equal("Hello", (await socket.NextAsync()).GetProperty("content").GetString());
        // Late and repeated pieces of a turn that is over.
        await AnnounceAsync(gateway, Delta("t1", 1, 3, "lo"));
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hel"));
        await socket.SendAsync("""{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task RepeatedAndOverlappingPieces_AreSentOnce()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "abc"));
        await socket.NextAsync();
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "abc"));
        await AnnounceAsync(gateway, Delta("t1", 1, 1, "bc"));
        await AnnounceAsync(gateway, Delta("t1", 1, 2, "cde"));
        Assert.Equal("""{"type":"delta","turn":"t1","attempt":1,"at":3,"text":"de"}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task NewAttempt_BeginsAnew_AndTheOldOneIsHeardNoMore()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "first"));
        await socket.NextAsync();
        await AnnounceAsync(gateway, Delta("t1", 2, 0, "se"));
        Assert.Equal("""{"type":"delta","turn":"t1","attempt":2,"at":0,"text":"se"}""", await socket.NextTextAsync());
        await AnnounceAsync(gateway, Delta("t1", 1, 5, " more"));
        await AnnounceAsync(gateway, Delta("t1", 2, 2, "cond"));
        Assert.Equal("""{"type":"delta","turn":"t1","attempt":2,"at":2,"text":"cond"}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task SocketThatComesLater_GetsTheTextSoFarAtOnce()
    {
        await using var gateway = Start();
        using var early = await SocketClient.ConnectAsync(gateway);
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hello "));
        await AnnounceAsync(gateway, Delta("t1", 1, 6, "world"));
        using var late = await SocketClient.ConnectAsync(gateway);
        Assert.Equal("""{"type":"delta","turn":"t1","attempt":1,"at":0,"text":"Hello world"}""", await late.NextTextAsync());
    }

    [Fact]
    public async Task FirstSocket_AsksTheAgentForRunningText()
    {
        Agent.Chat(1);
        Agent.Running = [new RunningTurn("t7", 3, "default", "So far")];
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        Assert.Equal("""{"type":"delta","turn":"t7","attempt":3,"at":0,"text":"So far"}""", await socket.NextTextAsync());
        await AnnounceAsync(gateway, Delta("t7", 3, 6, ", so good"));
        Assert.Equal("""{"type":"delta","turn":"t7","attempt":3,"at":6,"text":", so good"}""", await socket.NextTextAsync());
    }

    [Theory]
    [InlineData("t1", 1, 7)]
    [InlineData("t1", 2, 3)]
    [InlineData("t2", 1, 3)]
    public async Task MissingPiece_IsReadFromTheAgent(string turn, int attempt, int at)
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "abc"));
        await socket.NextAsync();
        var reads = Calls("ReadEvents");
        Agent.Running = [new RunningTurn(turn, attempt, "default", "abcdefghij")];
        await AnnounceAsync(gateway, Delta(turn, attempt, at, "hij"));
        var delta = await socket.NextAsync();
        var known = (turn, attempt) == ("t1", 1) ? 3 : 0;
        Assert.Equal(
            (turn, attempt, known, "abcdefghij"[known..]),
            (delta.GetProperty("turn").GetString(), delta.GetProperty("attempt").GetInt32(), delta.GetProperty("at").GetInt32(), delta.GetProperty("text").GetString()));
        Assert.Equal(reads + 1, Calls("ReadEvents"));
    }

    [Fact]
    public async Task Text_WaitsForTheMessageItAnswers()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        var seq = Agent.Append(EventTypes.Message, new EventData("t1", "user", "elsewhere"));
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "Hello", seq));
        Assert.Equal(["message", "delta"], (await socket.NextAsync(2)).Select(frame => frame.GetProperty("type").GetString()!));
    }

    [Fact]
    public async Task TextsOfTwoTurns_DoNotMix()
    {
        await using var gateway = Start();
        using var socket = await SocketClient.ConnectAsync(gateway);
        await AnnounceAsync(gateway, Delta("t1", 1, 0, "one"));
        Assert.Equal("t1", (await socket.NextAsync()).GetProperty("turn").GetString());
        await AnnounceAsync(gateway, Delta("t2", 1, 0, "two"));
        Assert.Equal("t2", (await socket.NextAsync()).GetProperty("turn").GetString());
        await AnnounceAsync(gateway, Delta("t1", 1, 3, "!"));
        Assert.Equal("""{"type":"delta","turn":"t1","attempt":1,"at":3,"text":"!"}""", await socket.NextTextAsync());
    }

    [Fact]
    public async Task LostEnd_IsFoundByTheCheck_AndAnIdleAgentIsNotAsked()
    {
        Agent.IsModel = true;
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        using var socket = await SocketClient.ConnectAsync(gateway);
        using var idle = await SocketClient.ConnectAsync(gateway, "bob");
        await socket.MessageAsync("hi");
        await socket.NextAsync();
        // Nobody announces the end.
        Agent.Complete("t1", "Hello");
        var before = Sidecar.Calls.Count;
        var end = socket.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("Hello", (await end).GetProperty("content").GetString());
        var asked = Sidecar.Calls.Skip(before).Select(call => call.Path).Distinct();
        Assert.Equal(["/v1.0/actors/AgentActor/default:alice/method/ReadEvents"], asked);
    }
}
