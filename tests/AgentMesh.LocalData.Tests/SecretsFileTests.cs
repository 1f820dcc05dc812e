using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.LocalData.Tests;

/// <summary>The file of secrets: nothing in it is ever lost, whoever changes it at once.</summary>
public sealed class SecretsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentmesh-test-").FullName;

    private string At => Path.Combine(_folder, "data", SecretsFile.FileName);

    [Fact]
    public void Ensure_SaysWhatItMade_AndChangesNothingTheSecondTime()
    {
        var first = SecretsFile.Ensure(At, ["wallet-keys", "other"]);
        Assert.Equal(["wallet-keys", "other"], first.Made);
        Assert.Equal(File.ReadAllBytes(At), first.Content);
        Assert.Equal(32, Convert.FromBase64String(Read()["wallet-keys"]!.GetValue<string>()).Length);
        var second = SecretsFile.Ensure(At, ["wallet-keys"]);
        Assert.Empty(second.Made);
        Assert.Equal(first.Content, second.Content);
    }

    [Fact]
    public void Rotate_PutsANewKeyInFront_AndAllElseStays()
    {
        SecretsFile.Ensure(At, ["wallet-keys"]);
        var secrets = Read();
        secrets["mine"] = new JsonObject { ["n"] = 1 };
        File.WriteAllText(At, secrets.ToJsonString());
        var older = Read()["wallet-keys"]!.GetValue<string>();

        Assert.Equal(new KeyRotation(KeyRotationOutcome.Rotated, 2), SecretsFile.Rotate(At, "wallet-keys"));
        var keys = Read()["wallet-keys"]!.GetValue<string>().Split(',');
        Assert.Equal(older, keys[1]);
        Assert.NotEqual(older, keys[0]);
        Assert.Equal(32, Convert.FromBase64String(keys[0]).Length);
        Assert.Equal("""{"n":1}""", Read()["mine"]!.ToJsonString());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(At)!));
    }

    [Theory]
    [InlineData(15, KeyRotationOutcome.Rotated, 16)]
    [InlineData(16, KeyRotationOutcome.Full, 16)]
    [InlineData(17, KeyRotationOutcome.Full, 17)]
    public void Rotate_KeepsNoMoreKeysThanAreRead_AndDropsNone(int keys, KeyRotationOutcome outcome, int after)
    {
        Write(string.Join(" , ", Enumerable.Range(1, keys).Select(KeyOf)));
        Assert.Equal(new KeyRotation(outcome, after), SecretsFile.Rotate(At, "wallet-keys"));
        var text = Read()["wallet-keys"]!.GetValue<string>().Split(',', StringSplitOptions.TrimEntries);
        Assert.Equal(Enumerable.Range(1, keys).Select(KeyOf), text[^keys..]);
    }

    [Fact]
    public void Rotate_OfManyAtOnce_LosesNoKey()
    {
        SecretsFile.Ensure(At, ["wallet-keys"]);
        Parallel.For(0, 8, _ => Assert.Equal(KeyRotationOutcome.Rotated, SecretsFile.Rotate(At, "wallet-keys").Outcome));
        Assert.Equal(9, Read()["wallet-keys"]!.GetValue<string>().Split(',').Distinct().Count());
    }

    [Theory]
    [InlineData("""{"other":"x"}""", KeyRotationOutcome.Missing)]
    [InlineData("""{"wallet-keys":""}""", KeyRotationOutcome.Malformed)]
    [InlineData("""{"wallet-keys":1}""", KeyRotationOutcome.Malformed)]
    [InlineData("""{"wallet-keys":null}""", KeyRotationOutcome.Malformed)]
    [InlineData("""{"wallet-keys":{"a":"b"}}""", KeyRotationOutcome.Malformed)]
    [InlineData("""{"wallet-keys":"AAAA"}""", KeyRotationOutcome.Malformed)]
    [InlineData("""{"wallet-keys":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,"}""", KeyRotationOutcome.Malformed)]
    [InlineData("""{"wallet-keys":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", KeyRotationOutcome.Malformed)]
    public void Rotate_OfWhatIsNoListOfKeys_ChangesNothing(string content, KeyRotationOutcome outcome)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At)!);
        File.WriteAllText(At, content);
        Assert.Equal(outcome, SecretsFile.Rotate(At, "wallet-keys").Outcome);
        Assert.Equal(content, File.ReadAllText(At));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"a":1,"a":2}""")]
    public void FileThatIsNoObject_IsRefused_AndStays(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At)!);
        File.WriteAllText(At, content);
        Assert.ThrowsAny<JsonException>(() => SecretsFile.Rotate(At, "wallet-keys"));
        Assert.ThrowsAny<JsonException>(() => SecretsFile.Ensure(At, ["wallet-keys"]));
        Assert.Equal(content, File.ReadAllText(At));
    }

    [Fact]
    public void Rotate_WithoutAFile_MakesNone()
    {
        Assert.Equal(KeyRotationOutcome.Missing, SecretsFile.Rotate(At, "wallet-keys").Outcome);
        Assert.False(File.Exists(At));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string KeyOf(int n) => Convert.ToBase64String([.. Enumerable.Repeat((byte)n, 32)]);

    private void Write(string keys)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At)!);
        File.WriteAllText(At, new JsonObject { ["wallet-keys"] = keys }.ToJsonString());
    }

    private JsonObject Read() => JsonNode.Parse(File.ReadAllBytes(At))!.AsObject();
}
