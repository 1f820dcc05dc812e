using System.Security.Cryptography;
using AgentMesh.Cli.Buying;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Tests.Buying;

/// <summary>The buyer's key: made once, for its user only, and in no message.</summary>
public sealed class BuyerKeyTests : IDisposable
{
    private const string Digits = "f7c302435f29b8750daab76495df80b132075cc8e3ab907b2b89e86a556a1b86";

    private readonly TestTerminal _terminal = new();
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    [Fact]
    public void Key_IsMadeOnce_AlsoByManyAtOnce()
    {
        var opened = new (string Address, bool IsNew)[8];
        Parallel.For(0, opened.Length, n =>
        {
            var (key, isNew) = BuyerKey.Open(_terminal.KeyFile, _random);
            opened[n] = (key.ToString(), isNew);
            key.Dispose();
        });
        Assert.Single(opened.Select(one => one.Address).Distinct());
        Assert.Single(opened, one => one.IsNew);
        Assert.Matches("^[0-9a-f]{64}\n$", File.ReadAllText(_terminal.KeyFile));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_terminal.KeyFile));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(_terminal.KeyFile)!));
        }
    }

    [Theory]
    [InlineData(Digits)]
    [InlineData("0x" + Digits + "\n")]
    [InlineData(" F7C302435F29B8750DAAB76495DF80B132075CC8E3AB907B2B89E86A556A1B86\r\n")]
    public void GivenKey_IsTaken(string text)
    {
        WritePrivately(text);
        var (key, isNew) = BuyerKey.Open(_terminal.At("key"), _random);
        using (key)
            Assert.Equal((false, "0x"), (isNew, key.Address.ToString()[..2]));
        Assert.Equal(text, File.ReadAllText(_terminal.At("key")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("f7c3")]
    [InlineData(Digits + "00")]
    [InlineData("g7c302435f29b8750daab76495df80b132075cc8e3ab907b2b89e86a556a1b86")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    public async Task FileWithoutAKey_IsRefused_AndNothingOfItIsSaid(string text)
    {
        WritePrivately(text);
        var ran = await _terminal.RunAsync("pay", "http://127.0.0.1:1/", "--key-file", "key");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("holds no key", ran.Error, StringComparison.Ordinal);
        Assert.True(text.Length == 0 || !ran.Error.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void KeyThatOthersCanRead_IsRefused()
    {
        if (OperatingSystem.IsWindows())
            return;
        WritePrivately(Digits);
        File.SetUnixFileMode(_terminal.At("key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<CliException>(() => BuyerKey.Open(_terminal.At("key"), _random)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _terminal.Dispose();
        _random.Dispose();
    }

    private void WritePrivately(string text) => LocalData.PrivateFile.Write(_terminal.At("key"), System.Text.Encoding.ASCII.GetBytes(text));
}
