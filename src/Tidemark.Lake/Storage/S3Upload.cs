using Amazon.S3.Model;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>Uploads finished files, large ones in parts.</summary>
internal sealed class S3Upload(S3StoreOptions options, S3Connection connection)
{
    public async Task PutFileAsync(string objectName, string path, long bytes, CancellationToken cancellationToken)
    {
        if (bytes > options.MultipartThreshold)
        {
            await PutPartsAsync(objectName, path, bytes, cancellationToken);
            return;
        }

        await connection.RepeatAsync(
            objectName,
            bytes,
            token =>
                connection.Client.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = options.Bucket,
                        Key = objectName,
                        FilePath = path,
                        UseChunkEncoding = false,
                    },
                    token
                ),
            cancellationToken
        );
    }

    /// <summary>
    /// Multipart uploads below a prefix that were neither completed nor aborted; empty when we may not list them.
    /// </summary>
    public async Task<IReadOnlyList<(string Name, string Id, DateTimeOffset Started)>> UnfinishedAsync(
        string prefix,
        CancellationToken cancellationToken
    )
    {
        var found = new List<(string, string, DateTimeOffset)>();
        var request = new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = prefix };
        ListMultipartUploadsResponse page;
        do
        {
            try
            {
                page = await connection.RepeatAsync(
                    prefix,
                    0,
                    token => connection.Client.ListMultipartUploadsAsync(request, token),
                    cancellationToken
                );
            }
            catch (TidemarkException e) when (e.Kind == ErrorKind.Permission)
            {
                // Listing uploads is a right of its own; an owner who withholds it has to clean up himself.
                return [];
            }

            found.AddRange(
                (page.MultipartUploads ?? []).Select(u =>
                    (
                        u.Key,
                        u.UploadId,
                        u.Initiated is { } at ? new DateTimeOffset(at.ToUniversalTime()) : DateTimeOffset.MaxValue
                    )
                )
            );
            request.KeyMarker = page.NextKeyMarker;
            request.UploadIdMarker = page.NextUploadIdMarker;
        } while (page.IsTruncated == true);

        return found;
    }

    /// <summary>Aborts uploads of a name that began at a moment or earlier.</summary>
    public async Task AbortAsync(string objectName, DateTimeOffset until, CancellationToken cancellationToken)
    {
        foreach (var (name, id, started) in await UnfinishedAsync(objectName, cancellationToken))
        {
            if (name == objectName && started <= until)
            {
                await AbortAsync(name, id);
            }
        }
    }

    private async Task PutPartsAsync(string objectName, string path, long bytes, CancellationToken cancellationToken)
    {
        var upload = await connection.RepeatAsync(
            objectName,
            0,
            token => connection.Client.InitiateMultipartUploadAsync(options.Bucket, objectName, token),
            cancellationToken
        );
        try
        {
            var parts = new List<PartETag>();
            for (long position = 0; position < bytes; position += options.PartBytes)
            {
                parts.Add(
                    await PutPartAsync(
                        objectName,
                        path,
                        upload.UploadId,
                        parts.Count + 1,
                        position,
                        bytes,
                        cancellationToken
                    )
                );
            }

            await CompleteAsync(objectName, upload.UploadId, parts, bytes, cancellationToken);
        }
        catch
        {
            await AbortAsync(objectName, upload.UploadId);
            throw;
        }
    }

    private async Task<PartETag> PutPartAsync(
        string objectName,
        string path,
        string uploadId,
        int number,
        long position,
        long bytes,
        CancellationToken cancellationToken
    )
    {
        var size = Math.Min(options.PartBytes, bytes - position);
        var response = await connection.RepeatAsync(
            objectName,
            size,
            token =>
                connection.Client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = options.Bucket,
                        Key = objectName,
                        UploadId = uploadId,
                        PartNumber = number,
                        FilePath = path,
                        FilePosition = position,
                        PartSize = size,
                        UseChunkEncoding = false,
                    },
                    token
                ),
            cancellationToken
        );
        return new PartETag(number, response.ETag);
    }

    private async Task CompleteAsync(
        string objectName,
        string uploadId,
        List<PartETag> parts,
        long bytes,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await connection.RepeatAsync(
                objectName,
                bytes,
                token =>
                    connection.Client.CompleteMultipartUploadAsync(
                        new CompleteMultipartUploadRequest
                        {
                            BucketName = options.Bucket,
                            Key = objectName,
                            UploadId = uploadId,
                            PartETags = parts,
                        },
                        token
                    ),
                cancellationToken
            );
        }
        catch (TidemarkException)
        {
            // When the first try was applied and its answer lost, a repeat finds no such upload. The name is ours
            // alone, so the object's size settles it.
            var standing = await connection.RepeatAsync(
                objectName,
                0,
                token => connection.Client.GetObjectMetadataAsync(options.Bucket, objectName, token),
                cancellationToken
            );
            if (standing.ContentLength != bytes)
            {
                throw;
            }
        }
    }

    private async Task AbortAsync(string objectName, string uploadId)
    {
        try
        {
            await connection.RepeatAsync(
                objectName,
                0,
                token => connection.Client.AbortMultipartUploadAsync(options.Bucket, objectName, uploadId, token),
                CancellationToken.None
            );
        }
        catch (TidemarkException)
        {
            // The rest of the upload is invisible, and the error that led here says more. A bucket can be set to remove
            // old uploads.
        }
    }
}
