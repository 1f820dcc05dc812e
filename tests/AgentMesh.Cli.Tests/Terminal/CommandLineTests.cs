namespace AgentMesh.Cli.Tests.Terminal;

/// <summary>What is wrong with a command line is said in words, with exit code 2, and nothing is done.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TestTerminal _terminal = new();

    [Theory]
    [InlineData("", "Required command was not provided")]
    [InlineData("nonsense", "Unrecognized command or argument 'nonsense'")]
    [InlineData("pay", "pay: name what is bought")]
    [InlineData("pay /a --resume", "pay: name what is bought")]
    [InlineData("pay /a /b", "/b")]
    [InlineData("pay agent/alice", "neither an http or https URL nor a path")]
    [InlineData("pay //evil.example/x", "neither an http or https URL nor a path")]
    [InlineData("pay ftp://a.example/x", "neither an http or https URL nor a path")]
    [InlineData("pay http://", "neither an http or https URL nor a path")]
    [InlineData("pay https://user:secret@a.example/", "user name or a password")]
    [InlineData("pay /a --method BREW", "'BREW' not recognized")]
    [InlineData("pay /a --body {", "--body is not JSON: line 1")]
    [InlineData("pay /a --body={} --body-file b", "--body and --body-file are both there")]
    [InlineData("pay /a --body-file none.json", "none.json of --body-file is not there")]
    [InlineData("pay /a --max -1", "--max: '-1' is not an amount")]
    [InlineData("pay /a --max 0.0000001", "--max: '0.0000001' is not an amount")]
    [InlineData("pay /a --max 1e3", "--max: '1e3' is not an amount")]
    [InlineData("pay /a --max", "--max")]
    [InlineData("pay /a --network base", "'base' not recognized")]
    [InlineData("pay /a --gateway 127.0.0.1:8080", "--gateway: '127.0.0.1:8080' is not an address")]
    [InlineData("pay /a --gateway http://h/?q=1", "--gateway: 'http://h/?q=1' is not an address")]
    [InlineData("pay /a --facilitator file:///x", "--facilitator: 'file:///x' is not an address")]
    [InlineData("pay /a --ready-file none.json", "none.json is not there")]
    [InlineData("pay /a --wait 3601", "--wait: '3601' is not 0 to 3600")]
    [InlineData("pay /a --wait -1", "--wait: '-1' is not 0 to 3600")]
    [InlineData("pay --resume xyz", "not the beginning of a payment's id")]
    [InlineData("pay --resume --new", "--resume sends what is stored")]
    [InlineData("pay --resume --body={}", "--resume sends what is stored")]
    [InlineData("pay --resume", "no such unfinished payment")]
    [InlineData("fund", "Required argument")]
    [InlineData("fund Alice", "user: 'Alice' is not 1-64 of a-z")]
    [InlineData("fund alice --amount ten", "--amount: 'ten' is not an amount")]
    [InlineData("rotate-keys --dat x", "--dat")]
    [InlineData("bench --users 0", "--users: '0' is not a number of 1 to 10000")]
    [InlineData("bench --connections 1001", "--connections: '1001' is not a number of 1 to 1000")]
    [InlineData("bench --messages 1000001", "--messages: '1000001' is not a number of 1 to 1000000")]
    [InlineData("bench --seconds 3601", "--seconds: '3601' is not a number of 1 to 3600")]
    [InlineData("canary --users 1", "--users: '1' is not a number of 2 to 500")]
    [InlineData("chat", "Required argument")]
    [InlineData("chat alice --history 1001", "--history: '1001' is not a number of 0 to 1000")]
    [InlineData("info", "Required argument")]
    [InlineData("watch", "Required argument")]
    [InlineData("watch alice --after -1", "--after: '-1' is not a number of 0 to 9223372036854775807")]
    [InlineData("watch alice --count 0", "--count: '0' is not a number of 1 to")]
    [InlineData("info alice bob", "bob")]
    [InlineData("agents --tenant A", "--tenant: 'A' is no tenant")]
    [InlineData("budget alice --set none.json", "none.json of --set is not there")]
    [InlineData("send alice", "Required argument")]
    [InlineData("send alice Bob hi", "to: 'Bob' is neither a user nor TENANT:USER")]
    [InlineData("send alice bob carol hi --await 5", "--await: for a message to one agent")]
    [InlineData("send alice bob hi --await 0", "--await: '0' is not a number of 1 to 300")]
    [InlineData("send alice bob hi --await 301", "--await: '301' is not a number of 1 to 300")]
    [InlineData("send alice bob hi --reply-to 0", "--reply-to: '0' is not a number of 1 to 2147483647")]
    [InlineData("send alice bob hi --key ä", "--key: 1 to 128 visible ASCII characters")]
    public async Task WhatIsWrong_IsSaid(string line, string complaint)
    {
        var ran = await _terminal.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains(complaint, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
        Assert.Empty(ran.Output.Replace(Help(ran), "", StringComparison.Ordinal));
    }

    /// <summary>What an unset shell variable leaves would name the current folder.</summary>
    [Theory]
    [InlineData("init", "--data")]
    [InlineData("rotate-keys", "--data")]
    [InlineData("fund", "--ready-file")]
    [InlineData("budget", "--set")]
    [InlineData("info", "--token-file")]
    [InlineData("pay", "--key-file")]
    [InlineData("pay", "--body-file")]
    public async Task EmptyPath_IsRefused(string command, string option)
    {
        var ran = await _terminal.RunAsync(command, "alice", option, "");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains($"{option}: the path is empty", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "rotate-keys")]
    [InlineData("pay --help", "--facilitator")]
    [InlineData("fund --help", "--amount")]
    [InlineData("send --help", "<to... text>")]
    [InlineData("chat --help", "--history")]
    [InlineData("init --help", "--data")]
    [InlineData("rotate-keys --help", "--data")]
    [InlineData("--version", "0.1.0")]
    public async Task Help_IsThere(string line, string text)
    {
        var ran = await _terminal.RunAsync(line.Split(' '));
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Contains(text, ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ran.Output);
    }

    [Theory]
    [InlineData(1_048_576, false)]
    [InlineData(1_048_577, true)]
    public async Task Body_IsBounded(int length, bool isRefused)
    {
        var file = _terminal.Write("body.json", $"\"{new string('x', length - 2)}\"");
        var ran = await _terminal.RunAsync("pay", "http://127.0.0.1:1/", "--body-file", file);
        Assert.Equal(isRefused ? 2 : 1, ran.ExitCode);
        Assert.Equal(isRefused, ran.Error.Contains("longer than 1048576 bytes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"gateway":"x","apps":[]}""")]
    [InlineData("""{"gateway":null,"apps":[]}""")]
    [InlineData("""{"gateway":"http://127.0.0.1:1","apps":[{"id":"facilitator","appPort":"1"}]}""")]
    public async Task ReadyFileThatIsNone_IsRefused(string content)
    {
        var ran = await _terminal.RunAsync("fund", "alice", "--ready-file", _terminal.Write("ready.json", content));
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("is not a ready file", ran.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _terminal.Dispose();

    // The library shows the help of a command that needs another one below it.
    private static string Help(Ran ran) => ran.Output.Contains("Usage:", StringComparison.Ordinal) ? ran.Output : "none";
}
